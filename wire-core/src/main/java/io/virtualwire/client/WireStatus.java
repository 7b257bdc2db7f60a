package io.virtualwire.client;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One side of a wire as its connector sees it.
 *
 * @param endpoint the local endpoint's name
 * @param state {@code standby}, {@code active} or {@code yielded}
 * @param plain whether this side asked for payloads in the clear
 * @param backend what carries its frames; empty if only the connector's process was asked to
 * @param activation how it became active last, if it did while this connector's process ran
 * @param counters frames, bytes and segments so far, by name
 * @param drops frames and datagrams dropped so far, by reason
 */
public record WireStatus(
        WireId wire,
        Side side,
        Generation generation,
        String endpoint,
        String state,
        boolean plain,
        Optional<Backing> backend,
        Optional<Activation> activation,
        List<Peer> peers,
        Map<String, Long> counters,
        Map<String, Long> drops) {
    public WireStatus {
        peers = List.copyOf(peers);
        counters = Map.copyOf(counters);
        drops = Map.copyOf(drops);
    }

    static WireStatus of(JsonObject json) throws IOException {
        List<Peer> peers = new ArrayList<>();
        for (JsonObject peer : json.objects("peers")) {
            peers.add(Peer.of(peer));
        }
        Optional<JsonObject> backend = json.object("backend");
        Optional<JsonObject> activation = json.object("activation");
        return new WireStatus(
                WireId.noted(json.text("wire")),
                Side.parse(json.text("side")),
                Generation.parse(json.text("generation")),
                json.text("endpoint"),
                json.text("state"),
                json.flag("plain"),
                backend.isEmpty() ? Optional.empty() : Optional.of(Backing.of(backend.get())),
                activation.isEmpty() ? Optional.empty() : Optional.of(Activation.of(activation.get())),
                peers,
                json.counts("counters"),
                json.counts("drops"));
    }

    /** Whether frames can pass: a peer is agreed and a session to it is ready. */
    public boolean isAgreed() {
        return peers.stream().anyMatch(peer -> peer.agreed() && peer.pathUp());
    }

    /**
     * What carries the frames of a side for which the kernel was asked.
     *
     * @param asked {@code kernel} or {@code auto}
     * @param carrier {@code kernel} or {@code user}
     * @param reason why it is not the kernel; empty if it is
     */
    public record Backing(String asked, String carrier, String reason) {
        static Backing of(JsonObject json) throws IOException {
            return new Backing(json.text("asked"), json.text("carrier"), json.text("reason"));
        }
    }

    /**
     * How a side became active, and how soon it was heard, by its connector's monotonic clock.
     *
     * @param by {@code role}: it was connected as active; {@code command}; {@code announcement}: its guest's RARP or gratuitous
     *     ARP; {@code peer_frame}
     * @param heardMillis until a far end had confirmed that it sends here
     * @param firstFrameMillis until the endpoint was given the first frame, relayed or direct
     */
    public record Activation(String by, Optional<Double> heardMillis, Optional<Double> firstFrameMillis) {
        static Activation of(JsonObject json) throws IOException {
            return new Activation(json.text("by"), json.decimal("heardMillis"), json.decimal("firstFrameMillis"));
        }
    }

    /**
     * One generation of the far side.
     *
     * @param state {@code expected}, {@code active}, {@code closing} or {@code closed}
     * @param agreed whether both daemons named each other
     * @param pathUp whether a session to that daemon is ready
     * @param plain whether payloads do travel in the clear
     * @param payloadBudget payload bytes that one datagram carries now; 0 while there is no session
     */
    public record Peer(
            Identity identity,
            Generation generation,
            String state,
            List<String> paths,
            boolean agreed,
            boolean pathUp,
            boolean plain,
            int payloadBudget,
            long sentFrames,
            long receivedFrames,
            int heldFrames) {
        public Peer {
            paths = List.copyOf(paths);
        }

        static Peer of(JsonObject json) throws IOException {
            return new Peer(
                    Identity.parse(json.text("identity")),
                    Generation.parse(json.text("generation")),
                    json.text("state"),
                    json.texts("paths"),
                    json.flag("agreed"),
                    json.flag("pathUp"),
                    json.flag("plain"),
                    json.smallNumber("payloadBudget"),
                    json.number("sentFrames"),
                    json.number("receivedFrames"),
                    json.smallNumber("heldFrames"));
        }
    }
}
