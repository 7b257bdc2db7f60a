package io.virtualwire.association;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.virtualwire.control.Identity;
import io.virtualwire.wire.PeerMessage;
import java.util.List;
import java.util.UUID;

/** One message of the control stream (docs/wire-protocol.md section 3.1). */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = StreamMessage.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = StreamMessage.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = StreamMessage.Failure.class, name = "error"),
    @JsonSubTypes.Type(value = StreamMessage.Close.class, name = "close"),
    @JsonSubTypes.Type(value = StreamMessage.Revocations.class, name = "revocations"),
    @JsonSubTypes.Type(value = StreamMessage.Relay.class, name = "relay"),
    @JsonSubTypes.Type(value = StreamMessage.Relayed.class, name = "relayed"),
    @JsonSubTypes.Type(value = StreamMessage.Call.class, name = "call"),
    @JsonSubTypes.Type(value = StreamMessage.Answer.class, name = "answer"),
    @JsonSubTypes.Type(value = StreamMessage.Seen.class, name = "seen")
})
sealed interface StreamMessage {

    /**
     * The first message of each side.
     *
     * @param version the highest that the sender speaks
     * @param features what the sender understands beyond the version
     * @param instance the sender's process
     * @param sessionIndex what the sender wants in datagrams to it, unsigned 32 bits, not 0
     * @param lanes how many lanes the sender has
     * @param udpPorts the port of each lane
     * @param ciphers by the names of {@link CipherSuite#wireName()}, the preferred one first
     * @param rekey whether this session follows one that is alive
     */
    record Hello(
            int version,
            List<String> features,
            UUID instance,
            long sessionIndex,
            int lanes,
            List<Integer> udpPorts,
            List<String> ciphers,
            boolean rekey)
            implements StreamMessage {
        private static final int MOST_LANES = 256;
        private static final long HIGHEST_INDEX = 0xffff_ffffL;

        public Hello {
            features = List.copyOf(features);
            udpPorts = List.copyOf(udpPorts);
            ciphers = List.copyOf(ciphers);
            require(version >= 1, "version", version);
            require(sessionIndex >= 1 && sessionIndex <= HIGHEST_INDEX, "sessionIndex", sessionIndex);
            require(lanes >= 1 && lanes <= MOST_LANES && lanes == udpPorts.size(), "lanes", lanes);
            for (int port : udpPorts) {
                require(port >= 1 && port <= 0xffff, "udpPorts", port);
            }
        }

        private static void require(boolean holds, String field, long value) {
            if (!holds) {
                throw new IllegalArgumentException("hello with " + field + " " + value);
            }
        }
    }

    /** The sender has the keys of both directions. */
    record Ready() implements StreamMessage {}

    /** The sender ends the connection because of this. */
    record Failure(String code, String message) implements StreamMessage {
        /** The peer speaks no version that we do. */
        static final String VERSION = "VERSION";

        /** No cipher is known to both. */
        static final String CIPHER = "CIPHER";

        /** The peer has dialled this instance itself. */
        static final String DUPLICATE_SESSION = "DUPLICATE_SESSION";

        /** A message could not be understood. */
        static final String PROTOCOL = "PROTOCOL";

        /** The sender has as many associations as it may. */
        static final String LIMIT = "LIMIT";

        /** The sender does not lead there. */
        static final String RELAY = "RELAY";
    }

    /** Orderly end of the session. */
    record Close() implements StreamMessage {}

    /**
     * Something for the wires.
     *
     * @param number rises with everything that the sender's process says, on whatever stream
     */
    record Told(PeerMessage message, long number) implements StreamMessage {
        public Told {
            if (number < 1) {
                throw new IllegalArgumentException("number " + number);
            }
        }
    }

    /**
     * A tenant's revocation list, newer than what the receiver may have.
     *
     * @param list as PEM
     * @param optional true: who does not know this message passes it over
     */
    record Revocations(String list, boolean optional) implements StreamMessage {}

    /** Instead of {@code hello}: the receiver is to lead this connection to another daemon. */
    record Relay(Identity to) implements StreamMessage {}

    /** From here on the connection leads to that daemon. */
    record Relayed() implements StreamMessage {}

    /**
     * A daemon asks for the receiver.
     *
     * @param ticket by which the receiver says which call it answers
     * @param optional true: who does not know this message passes it over
     */
    record Call(Identity from, UUID ticket, boolean optional) implements StreamMessage {}

    /** Instead of {@code hello}: the receiver is to lead this connection to who called. */
    record Answer(UUID ticket) implements StreamMessage {}

    /**
     * From where another daemon's datagrams come to the sender, which leads to it.
     *
     * @param optional true: who does not know this message passes it over
     */
    record Seen(Identity peer, String address, boolean optional) implements StreamMessage {}

    /**
     * Datagrams, sealed as they are, where UDP does not pass; not JSON.
     *
     * @param size of each but the last
     */
    record Datagrams(byte[] bytes, int size) implements StreamMessage {
        @Override
        public String toString() {
            return bytes.length + " bytes of datagrams";
        }
    }

    /** A later version's message that says itself that it may be ignored. */
    record Ignored(String type) implements StreamMessage {}
}
