package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.virtualwire.control.WireId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What may be proposed to the fabric's log; each is refused if what it presumes is no longer so, so repeating one is safe.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FabricCommand.Stamped.class, name = "stamped"),
    @JsonSubTypes.Type(value = FabricCommand.RegisterNode.class, name = "registerNode"),
    @JsonSubTypes.Type(value = FabricCommand.DrainNode.class, name = "drainNode"),
    @JsonSubTypes.Type(value = FabricCommand.FoundMembers.class, name = "foundMembers"),
    @JsonSubTypes.Type(value = FabricCommand.AdmitMember.class, name = "admitMember"),
    @JsonSubTypes.Type(value = FabricCommand.DismissMember.class, name = "dismissMember"),
    @JsonSubTypes.Type(value = FabricCommand.ApplyTopology.class, name = "applyTopology"),
    @JsonSubTypes.Type(value = FabricCommand.TakeOver.class, name = "takeOver"),
    @JsonSubTypes.Type(value = FabricCommand.BeginMove.class, name = "beginMove"),
    @JsonSubTypes.Type(value = FabricCommand.AbortMove.class, name = "abortMove"),
    @JsonSubTypes.Type(value = FabricCommand.CompleteMove.class, name = "completeMove"),
    @JsonSubTypes.Type(value = FabricCommand.MeasureHandoff.class, name = "measureHandoff"),
    @JsonSubTypes.Type(value = FabricCommand.MeasureFlip.class, name = "measureFlip"),
    @JsonSubTypes.Type(value = FabricCommand.ForgetWires.class, name = "forgetWires"),
    @JsonSubTypes.Type(value = FabricCommand.RenewFarSide.class, name = "renewFarSide"),
    @JsonSubTypes.Type(value = FabricCommand.ReportPorts.class, name = "reportPorts"),
    @JsonSubTypes.Type(value = FabricCommand.ReportNode.class, name = "reportNode"),
    @JsonSubTypes.Type(value = FabricCommand.AttachVm.class, name = "attachVm"),
    @JsonSubTypes.Type(value = FabricCommand.DetachVm.class, name = "detachVm"),
    @JsonSubTypes.Type(value = FabricCommand.BeginVmMove.class, name = "beginVmMove"),
    @JsonSubTypes.Type(value = FabricCommand.ClaimVmMove.class, name = "claimVmMove"),
    @JsonSubTypes.Type(value = FabricCommand.GiveUpVmMove.class, name = "giveUpVmMove"),
    @JsonSubTypes.Type(value = FabricCommand.AdvanceVmMove.class, name = "advanceVmMove"),
    @JsonSubTypes.Type(value = FabricCommand.RollBackVmMove.class, name = "rollBackVmMove"),
    @JsonSubTypes.Type(value = FabricCommand.StandByVm.class, name = "standByVm"),
    @JsonSubTypes.Type(value = FabricCommand.FollowVm.class, name = "followVm"),
    @JsonSubTypes.Type(value = FabricCommand.PayVmDebt.class, name = "payVmDebt"),
    @JsonSubTypes.Type(value = FabricCommand.BeginRelocation.class, name = "beginRelocation"),
    @JsonSubTypes.Type(value = FabricCommand.BeginRelocationStep.class, name = "beginRelocationStep"),
    @JsonSubTypes.Type(value = FabricCommand.StopRelocation.class, name = "stopRelocation")
})
public sealed interface FabricCommand {
    /** What the first release understood. */
    int FIRST_LEVEL = 1;

    /** What this release understands: rises with the first command, or field of one, that the release before does not know. */
    int LEVEL = FIRST_LEVEL;

    /** What a node has to understand for this; proposed and applied only when all nodes do. */
    default int level() {
        return FIRST_LEVEL;
    }

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

        /** Stands beside the command, where it is read before the command is. */
        @Override
        @JsonProperty(access = JsonProperty.Access.READ_ONLY)
        public int level() {
            return command.level();
        }
    }

    /** A node's process has started. */
    record RegisterNode(NodeRecord node) implements FabricCommand {}

    /** A node is to be emptied and to take nothing, or no longer. */
    record DrainNode(String node, boolean draining) implements FabricCommand {}

    /** These take part as their files say, unless something else was agreed on. */
    record FoundMembers(List<MemberRecord> members) implements FabricCommand {
        public FoundMembers {
            members = List.copyOf(members);
        }
    }

    /** A node asks to take part, or says where it is now. */
    record AdmitMember(MemberRecord member) implements FabricCommand {}

    /** A node takes part no more. */
    record DismissMember(String node) implements FabricCommand {}

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

    /**
     * Removed wires whose far sides are disconnected.
     *
     * @param farGeneration of those sides; 0 for any: what it belongs to may have left a side at each of several hosts
     */
    record ForgetWires(List<WireId> wires, long farGeneration) implements FabricCommand {
        public ForgetWires {
            wires = List.copyOf(wires);
        }

        /** Whatever their generation. */
        public ForgetWires(List<WireId> wires) {
            this(wires, 0);
        }
    }

    /**
     * A wire's far side was disconnected by somebody else, and is to come back: under a generation above that.
     *
     * @param farGeneration what the wire's far side has had so far
     * @param disconnectedAt the number of the generation at which its host remembers it as disconnected
     */
    record RenewFarSide(WireId wire, long farGeneration, long disconnectedAt) implements FabricCommand {}

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

    /** These interfaces of a virtual machine are endpoints of the fabric; those that were stay so. */
    record AttachVm(VmRecord vm) implements FabricCommand {}

    /**
     * A virtual machine's endpoint is one no longer.
     *
     * @param endpoint empty for all of them
     */
    record DetachVm(String vm, String endpoint) implements FabricCommand {}

    /**
     * The user wants the virtual machine to move.
     *
     * @param node the one that drives it
     * @param instance that node's process
     */
    record BeginVmMove(String vm, String to, VmMoveWay way, String node, String instance) implements FabricCommand {}

    /** A node drives a move whose driver is gone. */
    record ClaimVmMove(String vm, long generation, String expectedInstance, String node, String instance)
            implements FabricCommand {}

    /** The user wants the machine to stay where it is. */
    record GiveUpVmMove(String vm, long generation) implements FabricCommand {}

    /** A move has come from one phase to the next. */
    record AdvanceVmMove(String vm, long generation, String instance, VmMovePhase from, Optional<VmMoveMeasure> measure)
            implements FabricCommand {
        /** Without a word of what it took. */
        public AdvanceVmMove(String vm, long generation, String instance, VmMovePhase from) {
            this(vm, generation, instance, from, Optional.empty());
        }
    }

    /**
     * The machine is at the source, and not at the target.
     *
     * @param anew whether its sides at the source are connected at a new generation, because the target's have been heard, or
     *     may yet be
     * @param stop whether a copy of it may still run at the target
     */
    record RollBackVmMove(String vm, long generation, String instance, boolean anew, boolean stop, String reason)
            implements FabricCommand {}

    /** The sides and endpoints that await a machine where it may appear are to be as the user wants them. */
    record StandByVm(String vm) implements FabricCommand {}

    /**
     * A machine has announced itself where it was awaited, and a far end listens to it there.
     *
     * @param generation of the side that stood by
     * @param node the one that drives what remains of the move
     * @param instance that node's process
     */
    record FollowVm(String vm, long generation, String node, String instance) implements FabricCommand {}

    /** What was owed to a host is done. */
    record PayVmDebt(String vm, String host, String endpoint) implements FabricCommand {}

    /** The user wants everything that is in one cloud to move to another, in these steps. */
    record BeginRelocation(String from, String to, VmMoveWay way, int crossingWires, List<RelocationStep> steps)
            implements FabricCommand {
        public BeginRelocation {
            steps = List.copyOf(steps);
        }
    }

    /**
     * The step that is due begins.
     *
     * @param index its place among the steps
     * @param node the one that drives it, if it is a machine's
     * @param instance that node's process
     */
    record BeginRelocationStep(long id, int index, String node, String instance) implements FabricCommand {}

    /** The user wants no further step to begin. */
    record StopRelocation(long id) implements FabricCommand {}
}
