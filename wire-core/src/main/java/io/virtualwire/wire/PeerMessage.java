package io.virtualwire.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.List;

/** What two daemons tell each other about wires on the control stream (docs/wire-protocol.md sections 4 and 7). */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PeerMessage.Offer.class, name = "offer"),
    @JsonSubTypes.Type(value = PeerMessage.Withdraw.class, name = "withdraw"),
    @JsonSubTypes.Type(value = PeerMessage.Prepared.class, name = "prepared"),
    @JsonSubTypes.Type(value = PeerMessage.PreparedExcept.class, name = "preparedExcept"),
    @JsonSubTypes.Type(value = PeerMessage.CallOff.class, name = "callOff"),
    @JsonSubTypes.Type(value = PeerMessage.CalledOff.class, name = "calledOff"),
    @JsonSubTypes.Type(value = PeerMessage.Handoff.class, name = "handoff"),
    @JsonSubTypes.Type(value = PeerMessage.HandoffAck.class, name = "handoffAck")
})
public sealed interface PeerMessage {

    /**
     * "I hold this side; send to me at this index."
     *
     * @param peerGeneration the generation of the peer that this is for: of the far side, or of the same side's other place
     *     if {@code relay}
     * @param index chosen by the sender of the offer, unsigned 32 bits, not 0
     * @param relay whether this is a relay leg between two places of the same side
     * @param tenant on whose behalf; empty: the tenant of the daemon that offers
     * @param vni by which VNI the sender's kernel would hear the receiver's; 0: frames are to pass the processes
     */
    record Offer(
            WireId wire,
            Side side,
            Generation generation,
            Generation peerGeneration,
            long index,
            Role role,
            boolean plain,
            boolean relay,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String tenant,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int vni)
            implements PeerMessage {
        private static final int HIGHEST_VNI = 0xff_ffff;

        public Offer {
            if (vni < 0 || vni > HIGHEST_VNI) {
                throw new IllegalArgumentException("offer with vni " + vni);
            }
        }

        /** Through the processes. */
        public Offer(
                WireId wire,
                Side side,
                Generation generation,
                Generation peerGeneration,
                long index,
                Role role,
                boolean plain,
                boolean relay,
                String tenant) {
            this(wire, side, generation, peerGeneration, index, role, plain, relay, tenant, 0);
        }

        /** On behalf of the daemon's own tenant. */
        public Offer(
                WireId wire,
                Side side,
                Generation generation,
                Generation peerGeneration,
                long index,
                Role role,
                boolean plain,
                boolean relay) {
            this(wire, side, generation, peerGeneration, index, role, plain, relay, "", 0);
        }
    }

    /** The leg that was offered with this index is gone. */
    record Withdraw(long index) implements PeerMessage {}

    /** The component's new instance is ready to decide under this generation. */
    record Prepared(String component, Generation generation) implements PeerMessage {}

    /**
     * The same but for these wires, with whose far ends the new instance has agreed on nothing: the old one hands over if it hears
     * none of them.
     *
     * @param optional true: who does not know this message passes it over, and waits
     */
    record PreparedExcept(String component, Generation generation, List<WireId> wires, boolean optional)
            implements PeerMessage {
        public PreparedExcept {
            wires = List.copyOf(wires);
        }
    }

    /** Asks the old instance to promise that it will never yield to this generation. */
    record CallOff(String component, Generation generation) implements PeerMessage {}

    /**
     * Answers {@link CallOff}.
     *
     * @param promised whether the old instance promises; otherwise it has yielded and the move goes on
     */
    record CalledOff(String component, Generation generation, boolean promised) implements PeerMessage {}

    /** A component's old instance has stopped deciding; the new one decides from here. */
    record Handoff(String component, Generation generation, JsonNode state) implements PeerMessage {}

    /** The new instance decides. */
    record HandoffAck(String component, Generation generation) implements PeerMessage {}
}
