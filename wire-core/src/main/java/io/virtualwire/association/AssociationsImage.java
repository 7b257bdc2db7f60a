package io.virtualwire.association;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.control.Identity;
import io.virtualwire.transport.UnderlayAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that a daemon shares with its peers, as one process leaves it to the next on the same host. It holds keys: it is to be
 * passed on in memory and never written down.
 *
 * <pre>
 *   daemon: instance, number of what was said last
 *     └─ associations ─┬─ path       address, MTU, round trip
 *                      └─ sessions ─┬─ keys of both directions, what proved the peer
 *                                   ├─ counter of each lane it sends on
 *                                   └─ replay window of each lane it receives on
 * </pre>
 *
 * <p>The new process goes on as the same <em>instance</em>: to peers it is the one they know, whose control streams have
 * ended. Times are ages in nanoseconds: while nobody is there, time stands still.
 *
 * @param told the number of what was said last, to whomever
 * @param loopback whether wires within this daemon have been told that there is a way
 */
public record AssociationsImage(UUID instance, long told, boolean loopback, List<AssociationImage> associations) {

    /**
     * One peer.
     *
     * @param addresses where it is dialled
     * @param interest the legs that it has offered
     * @param sessions oldest first
     * @param current which of them is sent on; -1 if none
     * @param path the first of the ways to it
     * @param channels the others; null if an earlier release has none
     */
    public record AssociationImage(
            Identity peer,
            List<String> addresses,
            Set<Long> interest,
            long neededAgo,
            HearingImage hearing,
            Optional<UUID> knownInstance,
            Optional<PathImage> path,
            List<SessionImage> sessions,
            int current,
            Map<String, Long> drops,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<ChannelImage> channels) {

        /** Ways besides the first. */
        List<ChannelImage> further() {
            return channels == null ? List.of() : channels;
        }
    }

    /**
     * A way from one owner thread to one of the peer's.
     *
     * @param direct whether it is in use
     */
    public record ChannelImage(int thread, int channel, PathImage path, boolean direct) {}

    /** Up to where a process of the peer's has been heard. */
    public record HearingImage(Optional<UUID> speaker, long highest) {}

    /** The way to it. */
    public record PathImage(long high, long low, int port, int scope, int datagramBytes, long roundTrip) {
        UnderlayAddress remote() {
            return new UnderlayAddress(high, low, port, scope);
        }
    }

    /**
     * What one handshake yielded.
     *
     * @param ownCertificate what this end showed, in DER
     * @param peerCertificate what the peer showed, in DER
     * @param peerPorts the peer's UDP port of each of its lanes, or of each of its threads if {@code paired}
     * @param paired whether there is a lane for each pair of threads; an earlier release does not know of that
     * @param keys the 96 bytes of docs/wire-protocol.md section 3.2
     * @param sent of each own lane, how many datagrams; thread by thread
     * @param received of each lane of the peer's; thread by thread
     */
    public record SessionImage(
            boolean dialled,
            boolean rekey,
            UUID instance,
            int index,
            int peerIndex,
            List<Integer> peerPorts,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean paired,
            String cipher,
            byte[] keys,
            byte[] ownCertificate,
            byte[] peerCertificate,
            String address,
            long age,
            boolean ready,
            boolean superseded,
            List<Long> sent,
            List<WindowImage> received) {
        @Override
        public String toString() {
            return "session " + index;
        }
    }

    /**
     * What was received on a lane of the peer's.
     *
     * @param seen a bit for each counter, 64 to a word, in the ring of {@link ReplayWindow}
     */
    public record WindowImage(long received, long highest, long[] seen) {}
}
