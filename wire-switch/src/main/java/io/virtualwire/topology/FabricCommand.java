package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.virtualwire.control.WireId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What may be proposed to the fabric's log; each is refused if what it presumes is no longer so, so repeating one is safe.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FabricCommand.Stamped.class, name = "stamped"),
    @JsonSubTypes.Type(value = FabricCommand.RegisterNode.class, name = "registerNode"),
    @JsonSubTypes.Type(value = FabricCommand.ApplyTopology.class, name = "applyTopology"),
    @JsonSubTypes.Type(value = FabricCommand.TakeOver.class, name = "takeOver"),
    @JsonSubTypes.Type(value = FabricCommand.BeginMove.class, name = "beginMove"),
    @JsonSubTypes.Type(value = FabricCommand.AbortMove.class, name = "abortMove"),
    @JsonSubTypes.Type(value = FabricCommand.CompleteMove.class, name = "completeMove"),
    @JsonSubTypes.Type(value = FabricCommand.MeasureHandoff.class, name = "measureHandoff"),
    @JsonSubTypes.Type(value = FabricCommand.MeasureFlip.class, name = "measureFlip"),
    @JsonSubTypes.Type(value = FabricCommand.ForgetWires.class, name = "forgetWires"),
    @JsonSubTypes.Type(value = FabricCommand.ReportPorts.class, name = "reportPorts"),
    @JsonSubTypes.Type(value = FabricCommand.ReportNode.class, name = "reportNode")
})
public sealed interface FabricCommand {

    /**
     * A command with what is to be said of it in events.
     *
     * @param at when it was proposed, in milliseconds since 1970
     * @param key the idempotency key of the request behind it; empty if it has none
     * @param digest the same for the same request only; empty if there is no key
     */
    record Stamped(long at, String key, String digest, FabricCommand command) implements FabricCommand {
        /** A command on nobody's request. */
        public static Stamped at(long millis, FabricCommand command) {
            return new Stamped(millis, "", "", command);
        }
    }

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

    /**
     * What the holder of a component finds at its ports, where that has changed.
     *
     * @param generation under which it holds the component
     * @param ports by the name of the wire
     */
    record ReportPorts(String component, long generation, Map<String, PortReport> ports) implements FabricCommand {
        public ReportPorts {
            ports = Collections.unmodifiableMap(new TreeMap<>(ports));
        }
    }

    /** A node's process is seen no more, or again. */
    record ReportNode(String node, String instance, boolean present) implements FabricCommand {}
}
