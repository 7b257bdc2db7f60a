package io.virtualwire.node;

import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.SwitchSpec;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does before it ends, or when it is to be emptied: moves its components to other nodes, as a person would who said {@code wire migrate} for each.
 *
 * <pre>
 *   HOLDS ──move agreed──▶ MOVES ──the other holds it──▶ DRAINS ──retired──▶ GONE
 *     ▲                      │
 *     └──────called off──────┘  another node is asked; when there is none it STAYS
 * </pre>
 *
 * <p>A node that leaves takes nothing: moves to it are declined, so that nodes which all leave at once find out quickly. Owner
 * thread.
 */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    private final String self;
    private final String why;
    private final Consumer<FabricCommand> proposals;
    /** For each component, the nodes that were asked. */
    private final Map<String, Set<String>> asked = new HashMap<>();

    private final CompletableFuture<Set<String>> over = new CompletableFuture<>();

    /**
     * @param why what the node does: it {@code is ending}, or {@code drains}
     * @param proposals takes commands for the log
     */
    Departure(String self, String why, Consumer<FabricCommand> proposals) {
        this.self = self;
        this.why = why;
        this.proposals = proposals;
    }

    /** Completed when there is no more that could be done, with the components that stay. */
    CompletableFuture<Set<String>> over() {
        return over;
    }

    /**
     * Takes the next steps; to be called in every round.
     *
     * @param held what this process holds
     */
    void round(FabricState state, Set<String> present, List<String> held, Collection<ComponentKeeper> keepers) {
        keepers.forEach(keeper -> keeper.decline("node " + self + " " + why));
        if (state.nodes().keySet().stream().noneMatch(node -> !node.equals(self) && present.contains(node))) {
            over.complete(Set.copyOf(held));
            return;
        }
        Set<String> stay = new TreeSet<>();
        boolean moving = false;
        for (String component : held) {
            Claim claim = state.claim(component).orElseThrow();
            if (claim.move().isPresent()) {
                tried(component).add(claim.move().get().to());
                moving = true;
                continue;
            }
            Optional<String> to = successor(state, component, present);
            if (to.isEmpty()) {
                stay.add(component);
            } else {
                moving = true;
                LOG.info("This node {}: {} goes to {}", why, component, to.get());
                proposals.accept(new FabricCommand.BeginMove(component, claim.highest(), to.get()));
            }
        }
        boolean drains = keepers.stream().anyMatch(keeper -> !keeper.isIdle() && !stay.contains(keeper.name()));
        if (!moving && !drains) {
            over.complete(stay);
        }
    }

    /** Where it is placed, else the node with the least to do; not one that was asked before. */
    private Optional<String> successor(FabricState state, String component, Set<String> present) {
        Set<String> tried = tried(component);
        String placed = Optional.ofNullable(state.topology().switches().get(component))
                .map(SwitchSpec::node)
                .orElse("");
        return state.nodes().keySet().stream()
                .filter(node -> !node.equals(self) && present.contains(node) && !tried.contains(node))
                .filter(node -> !state.isDraining(node))
                .min(Comparator.<String>comparingInt(node -> node.equals(placed) ? 0 : 1)
                        .thenComparing(node -> claimsOf(state, node))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static long claimsOf(FabricState state, String node) {
        return state.claims().values().stream()
                .filter(claim -> claim.owner().equals(node)
                        || claim.move().filter(move -> move.to().equals(node)).isPresent())
                .count();
    }

    private Set<String> tried(String component) {
        return asked.computeIfAbsent(component, it -> new HashSet<>());
    }
}
