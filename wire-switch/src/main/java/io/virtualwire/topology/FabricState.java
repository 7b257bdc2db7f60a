package io.virtualwire.topology;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the nodes have agreed on: the desired network, who holds what, and what is still to be removed.
 *
 * @param version rises with every topology that is applied; 0 before the first
 * @param lastGeneration the highest generation handed out, to components and far sides alike; far sides that were renewed may be higher
 * @param nodes by name
 * @param claims by component
 * @param wires by {@link WireRecord#name}
 * @param removed wires no longer wanted whose far sides may still be connected
 * @param moves the latest move of each component
 * @param observations what nodes have reported of what they see
 * @param events the latest events, which all of the above amounts to
 * @param machines the virtual machines among the endpoints
 * @param relocation the latest move of everything from one cloud to another
 * @param level the {@linkplain FabricCommand#level level} of what was agreed on so far; who does not understand that takes no part
 * @param members who takes part
 */
public record FabricState(
        long version,
        Topology topology,
        long lastGeneration,
        Map<String, NodeRecord> nodes,
        Map<String, Claim> claims,
        Map<String, WireRecord> wires,
        List<WireRecord> removed,
        Map<String, MoveRecord> moves,
        Observations observations,
        EventLog events,
        Machines machines,
        Optional<Relocation> relocation,
        int level,
        Members members) {
    public static final FabricState INITIAL = new FabricState(
            0,
            Topology.EMPTY,
            0,
            Map.of(),
            Map.of(),
            Map.of(),
            List.of(),
            Map.of(),
            Observations.NONE,
            EventLog.EMPTY,
            Machines.NONE,
            Optional.empty(),
            FabricCommand.FIRST_LEVEL,
            Members.NONE);

    @SuppressWarnings("OptionalAssignedToNull") // A snapshot of a release that had none.
    public FabricState {
        nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
        claims = Collections.unmodifiableMap(new TreeMap<>(claims));
        wires = Collections.unmodifiableMap(new TreeMap<>(wires));
        removed = List.copyOf(removed);
        moves = Collections.unmodifiableMap(new TreeMap<>(moves));
        // A snapshot of a release that had neither.
        observations = observations == null ? Observations.NONE : observations;
        events = events == null ? EventLog.EMPTY : events;
        machines = machines == null ? Machines.NONE : machines;
        relocation = relocation == null ? Optional.empty() : relocation;
        level = Math.max(level, FabricCommand.FIRST_LEVEL);
        members = members == null ? Members.NONE : members;
    }

    public Optional<Claim> claim(String component) {
        return Optional.ofNullable(claims.get(component));
    }

    public Optional<NodeRecord> node(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /** Whether a node is to be emptied, and to take nothing. */
    public boolean isDraining(String node) {
        return node(node).filter(NodeRecord::draining).isPresent();
    }

    /** What all nodes understand of the log. */
    int understood() {
        return nodes.values().stream().mapToInt(NodeRecord::level).min().orElse(FabricCommand.FIRST_LEVEL);
    }

    public Optional<MoveRecord> lastMove(String component) {
        return Optional.ofNullable(moves.get(component));
    }

    /** The component's wires, in order of their ports. */
    public List<WireRecord> wiresOf(String component) {
        return wires.values().stream()
                .filter(wire -> wire.component().equals(component))
                .toList();
    }

    FabricState withTopology(
            Topology wanted,
            long generation,
            Map<String, Claim> kept,
            Map<String, WireRecord> wanting,
            List<WireRecord> unwanted) {
        return new FabricState(
                version + 1,
                wanted,
                generation,
                nodes,
                kept,
                wanting,
                unwanted,
                moves,
                observations.of(wanting),
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withNode(NodeRecord node) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                with(nodes, node.name(), node),
                claims,
                wires,
                removed,
                moves,
                observations.with(node.name(), true),
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withNodes(Map<String, NodeRecord> changed) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                changed,
                claims,
                wires,
                removed,
                moves,
                observations,
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withClaim(Claim claim) {
        return new FabricState(
                version,
                topology,
                Math.max(lastGeneration, claim.highest()),
                nodes,
                with(claims, claim.component(), claim),
                wires,
                removed,
                moves,
                observations,
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withMove(MoveRecord move) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                removed,
                with(moves, move.component(), move),
                observations,
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withRemoved(List<WireRecord> left) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                left,
                moves,
                observations,
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withObservations(Observations seen) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                removed,
                moves,
                seen,
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withEvents(EventLog happened) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                removed,
                moves,
                observations,
                happened,
                machines,
                relocation,
                level,
                members);
    }

    /** The virtual machines that are not awaited where, and only where, they may appear. */
    public List<String> machinesToAwait() {
        return new StandbyRules(this).due();
    }

    FabricState withMachines(Machines changed) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                removed,
                moves,
                observations,
                events,
                changed,
                relocation,
                level,
                members);
    }

    /** The same with other wires, and with sides that are to be removed. */
    FabricState withWires(Map<String, WireRecord> changed, List<WireRecord> unwanted, long generation) {
        return new FabricState(
                version,
                topology,
                generation,
                nodes,
                claims,
                changed,
                unwanted,
                moves,
                observations,
                events,
                machines,
                relocation,
                level,
                members);
    }

    FabricState withRelocation(Relocation changed) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                removed,
                moves,
                observations,
                events,
                machines,
                Optional.of(changed),
                level,
                members);
    }

    FabricState withLevel(int changed) {
        return changed <= level
                ? this
                : new FabricState(
                        version,
                        topology,
                        lastGeneration,
                        nodes,
                        claims,
                        wires,
                        removed,
                        moves,
                        observations,
                        events,
                        machines,
                        relocation,
                        changed,
                        members);
    }

    FabricState withMembers(Members changed) {
        return new FabricState(
                version,
                topology,
                lastGeneration,
                nodes,
                claims,
                wires,
                removed,
                moves,
                observations,
                events,
                machines,
                relocation,
                level,
                changed);
    }

    private static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
        Map<String, T> changed = new TreeMap<>(map);
        changed.put(key, value);
        return changed;
    }
}
