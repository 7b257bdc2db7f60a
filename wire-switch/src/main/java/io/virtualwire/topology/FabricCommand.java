package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.virtualwire.control.WireId;
import java.util.List;

/**
 * What may be proposed to the fabric's log; each is refused if what it presumes is no longer so, so repeating one is safe.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FabricCommand.RegisterNode.class, name = "registerNode"),
    @JsonSubTypes.Type(value = FabricCommand.ApplyTopology.class, name = "applyTopology"),
    @JsonSubTypes.Type(value = FabricCommand.TakeOver.class, name = "takeOver"),
    @JsonSubTypes.Type(value = FabricCommand.BeginMove.class, name = "beginMove"),
    @JsonSubTypes.Type(value = FabricCommand.AbortMove.class, name = "abortMove"),
    @JsonSubTypes.Type(value = FabricCommand.CompleteMove.class, name = "completeMove"),
    @JsonSubTypes.Type(value = FabricCommand.MeasureHandoff.class, name = "measureHandoff"),
    @JsonSubTypes.Type(value = FabricCommand.MeasureFlip.class, name = "measureFlip"),
    @JsonSubTypes.Type(value = FabricCommand.ForgetWires.class, name = "forgetWires")
})
public sealed interface FabricCommand {

    /** A node's process has started. */
    record RegisterNode(NodeRecord node) implements FabricCommand {}

    /**
     * The user wants this network from now on.
     *
     * @param expectedVersion the version that it replaces; -1 for any
     * @param nonce unique; new wires' ids are derived from it
     */
    record ApplyTopology(long expectedVersion, Topology topology, String nonce) implements FabricCommand {}

    /**
     * A node takes a component that nobody holds: it is new, or its holder is gone.
     *
     * @param expectedGeneration the {@linkplain Claim#highest highest} granted so far; 0 if none
     */
    record TakeOver(String component, long expectedGeneration, String node, String instance) implements FabricCommand {}

    /** The user wants the component to move. */
    record BeginMove(String component, long expectedGeneration, String to) implements FabricCommand {}

    /** The move is called off: the old node will never yield to this generation. */
    record AbortMove(String component, long generation, String reason) implements FabricCommand {}

    /** The new node decides. */
    record CompleteMove(String component, long generation) implements FabricCommand {}

    /** How long the old node saw the handoff take. */
    record MeasureHandoff(String component, long generation, long micros) implements FabricCommand {}

    /** How long the new node saw the far ends take to flip. */
    record MeasureFlip(String component, long generation, long micros) implements FabricCommand {}

    /** Removed wires whose far sides are disconnected. */
    record ForgetWires(List<WireId> wires) implements FabricCommand {
        public ForgetWires {
            wires = List.copyOf(wires);
        }
    }
}
