package io.virtualwire.machine;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.Clouds;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.WireRecord;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Chooses the node of a cloud that a component moves to: one that is present; of several, the one on whose machine most of the
 * component's wires end; then the one that holds the fewest components; then the first by name.
 *
 * <p>Choices of one object take each other into account. For one thread.
 */
public final class NodeChoice {
    private final FabricState state;
    private final Clouds clouds;
    private final Set<String> present;
    private final Map<String, String> chosen = new HashMap<>();

    /** @param present the nodes that can be reached */
    public NodeChoice(FabricState state, Set<String> present) {
        this.state = state;
        this.clouds = new Clouds(state);
        this.present = Set.copyOf(present);
    }

    public Choice of(String component, String cloud) {
        List<String> known = clouds.nodes(cloud);
        if (known.isEmpty()) {
            throw unknown(clouds, "node", component, cloud);
        }
        List<WireRecord> wires = state.wiresOf(component);
        String best = known.stream()
                .filter(node -> present.contains(node) && !state.isDraining(node))
                .min(Comparator.<String>comparingLong(node -> -near(wires, node))
                        .thenComparing(this::held)
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> new WireException(
                        ErrorCode.UNAVAILABLE,
                        "cannot move " + component + " to cloud " + cloud
                                + ": no node there can be reached and takes things: " + String.join(", ", known),
                        "start one, or name a node elsewhere"));
        long near = near(wires, best);
        String why = near > 0
                ? near + " of its " + wires.size() + " wires end there"
                : "it holds " + held(best) + " components";
        chosen.put(component, best);
        return new Choice(best, why);
    }

    static WireException unknown(Clouds clouds, String kind, String what, String cloud) {
        return new WireException(
                ErrorCode.NOT_FOUND,
                "cannot move " + what + " to " + cloud + ": there is no " + kind + " of that name, and no cloud with a "
                        + kind,
                "clouds are: " + String.join(", ", clouds.names())
                        + "; hosts and nodes are put in one with --cloud of 'wire" + " host add' and 'wire node run'");
    }

    /** Where a component is, or will be by a choice made before. */
    String nodeOf(String component) {
        String held = state.claim(component)
                .map(claim -> claim.move().map(move -> move.to()).orElse(claim.owner()))
                .orElse("");
        return chosen.getOrDefault(component, held);
    }

    /** Whether a host and a node are on one machine: wires to both go to one address. */
    boolean isOneMachine(String host, String node) {
        HostSpec spec = state.topology().hosts().get(host);
        NodeRecord record = state.node(node).orElse(null);
        if (spec == null || record == null) {
            return false;
        }
        // What has a relay's identity before it is the relay's address, and equals none.
        Set<String> addresses =
                spec.wirePaths().stream().map(NodeChoice::addressOf).collect(Collectors.toSet());
        return record.wirePaths().stream().anyMatch(path -> addresses.contains(addressOf(path)));
    }

    private static String addressOf(String hostAndPort) {
        return hostAndPort.substring(0, Math.max(0, hostAndPort.lastIndexOf(':')));
    }

    private long near(List<WireRecord> wires, String node) {
        return wires.stream().filter(wire -> isOneMachine(wire.host(), node)).count();
    }

    private long held(String node) {
        return state.claims().values().stream()
                .map(Claim::component)
                .filter(component -> nodeOf(component).equals(node))
                .count();
    }
}
