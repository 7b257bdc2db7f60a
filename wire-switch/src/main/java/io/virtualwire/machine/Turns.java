package io.virtualwire.machine;

import io.virtualwire.time.Ticker;
import io.virtualwire.topology.FabricState;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who of several nodes does what any of them may do: the first by name at once, each further one a while later if it is still to
 * be done. So one that cannot do it, because it does not reach a hypervisor say, keeps nobody from it, and no two have to agree.
 */
public final class Turns {
    private static final Duration EACH = Duration.ofSeconds(1);

    private final String self;
    private final Ticker ticker;
    private final Map<String, Long> since = new HashMap<>();

    public Turns(String self, Ticker ticker) {
        this.self = self;
        this.ticker = ticker;
    }

    /**
     * Whether it is this node's turn now.
     *
     * @param what is to be done; the clock runs from the first time that this is asked
     * @param order who may do it, the first one first
     */
    public boolean isMine(String what, List<String> order) {
        int rank = order.indexOf(self);
        return rank >= 0 && waited(what) >= rank * EACH.toNanos();
    }

    /** Whether each of those had its turn, and so long has passed besides. */
    public boolean allHadTheirs(String what, List<String> order, Duration besides) {
        return waited(what) >= order.size() * EACH.toNanos() + besides.toNanos();
    }

    private long waited(String what) {
        long now = ticker.nanoTime();
        return now - since.computeIfAbsent(what, it -> now);
    }

    /** The nodes that are present, by name; those that are to be emptied last. */
    public static List<String> order(FabricState state, Set<String> present) {
        return present.stream()
                .filter(state.nodes()::containsKey)
                .sorted(Comparator.comparing(state::isDraining).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Forgets what is not to be done any more. */
    public void only(Set<String> left) {
        since.keySet().retainAll(new HashSet<>(left));
    }
}
