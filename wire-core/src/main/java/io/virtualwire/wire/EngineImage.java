package io.virtualwire.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a {@link WireEngine} remembers, as one process leaves it to the next on the same host: nothing is missing but what
 * the new one finds out by itself.
 *
 * <pre>
 *   engine ─┬─ fences          generations of sides that are gone
 *           ├─ offers          of each peer daemon, also those without a side here
 *           └─ sides ── records ─┬─ relay legs
 *                (oldest first,  ├─ parked frames, copies of relayed ones, what lies unread in the port
 *                 the newest     └─ peers ─┬─ leg
 *                 last)                    ├─ numbers seen, incomplete frames
 *                                          └─ held frames
 * </pre>
 *
 * <p>Times are ages in nanoseconds, negative in the future: while nobody is there, time stands still. Frames that wait name their sender by its place
 * among the record's peers.
 *
 * @param lastIndex the last wire index that was given out; none is used twice
 */
public record EngineImage(int lastIndex, List<Fence> fences, List<Offers> offers, List<SideImage> sides) {

    /** A side that was disconnected; this generation and lower ones stay refused. */
    public record Fence(WireId wire, Side side, Generation generation) {}

    /** What a peer daemon offers. */
    public record Offers(Identity peer, List<PeerMessage.Offer> offers) {}

    /** One side, with the records that its newest one is replacing. */
    public record SideImage(WireId wire, Side side, String endpoint, List<RecordImage> records) {}

    /**
     * One side at one generation.
     *
     * @param unread empty also from an earlier release, which does not leave it
     */
    public record RecordImage(
            Generation generation,
            ConnectOptions options,
            SideState state,
            boolean activatesWhenAgreed,
            boolean superseded,
            long lastNumber,
            Yield yielded,
            SideCounters counters,
            Map<String, Long> drops,
            Optional<Generation> heard,
            Optional<RelayImage> relayTo,
            Optional<RelayImage> relayFrom,
            Optional<Long> relayLeftAt,
            List<PeerImage> peers,
            List<FrameImage> parked,
            List<FrameImage> copies,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<UnreadImage> unread) {}

    /** How far a yield has come. */
    public record Yield(long since, boolean drainedSaid, boolean drainedWell) {}

    /**
     * Another place of the same side.
     *
     * @param leg empty if that place is in this daemon
     */
    public record RelayImage(Generation generation, Optional<LegImage> leg) {}

    /** The agreed way to a peer. */
    public record LegImage(
            Identity identity,
            List<String> paths,
            Generation otherGeneration,
            int index,
            boolean offered,
            Optional<PeerMessage.Offer> theirs) {}

    /** One generation of the far side. */
    public record PeerImage(
            LegImage leg,
            PeerState state,
            long changedAt,
            Heard heard,
            Direct direct,
            Relayed relayed,
            Waiting waiting,
            Said said,
            RelayedOn relayedOn) {}

    /** What is known of it. */
    public record Heard(boolean fenced, boolean early, boolean agreedSaid, boolean hello) {}

    /** What it sends. */
    public record Direct(
            Numbers numbers, List<Incomplete> incomplete, long received, boolean ended, long endNumber, long endAt) {}

    /** What the old place of the own side relays of it. */
    public record Relayed(
            List<Incomplete> incomplete,
            long received,
            boolean ended,
            long endCount,
            long endAt,
            boolean done,
            boolean late) {}

    /** What waits at its gates. */
    public record Waiting(List<FrameImage> direct, List<FrameImage> relayed, long since, long frames) {}

    /** What is said to it. */
    public record Said(
            Repeated hello, long helloNumber, Repeated end, long endNumber, boolean superseded, long frames) {}

    /** What is relayed of it to the new place of the own side. */
    public record RelayedOn(long frames, Repeated end, long endNumber, boolean endSaid, boolean endAnswered) {}

    /** Something that is repeated until it is answered. */
    public record Repeated(boolean on, boolean gaveUp, long since, long next) {}

    /**
     * Which frame numbers have arrived.
     *
     * @param seen a bit each, 64 to a word, beginning with the word of the first number above {@code settled}
     */
    public record Numbers(long highest, long settled, long mark, long markAt, long[] seen) {}

    /**
     * A frame of which not all segments have arrived.
     *
     * @param islands beginnings and ends of what is here, in turn
     */
    public record Incomplete(long number, long since, int[] islands, byte[] bytes) {}

    /** A frame that waits. */
    public record FrameImage(int peer, boolean relayed, long number, byte[] bytes) {}

    /**
     * What a guest that may be moved was given and has not read.
     *
     * @param readAt what the kernel's count of frames that were read will have come to when the guest has read all of them
     */
    public record UnreadImage(long readAt, List<GivenImage> frames) {}

    /**
     * A frame that was given to a port.
     *
     * @param taken whether the port took it
     */
    public record GivenImage(int peer, long number, boolean taken, long since, byte[] bytes) {}
}
