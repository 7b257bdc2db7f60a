package io.virtualwire.relocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the order in which members move so that the least crosses between the clouds while it lasts: the sum over the steps of what
 * crosses after each, and among orders with the same sum the one with the lowest peak.
 *
 * <p>Up to {@value #EXACT} members it is the best there is, found over all sets of members that may have moved first. Beyond that
 * it is the best of some (as given, the other way round, always the cheapest next, and those that are proposed), made better for
 * as long as taking one member out and putting it in elsewhere helps: never worse than any of these.
 */
final class MoveOrder {
    static final int EXACT = 16;
    private static final int ROUNDS = 50;

    private final Ties ties;

    MoveOrder(Ties ties) {
        this.ties = ties;
    }

    /** @param proposals orders that it must not be worse than */
    List<Integer> best(List<List<Integer>> proposals) {
        if (ties.members() <= EXACT) {
            return exact();
        }
        List<List<Integer>> orders = new ArrayList<>(proposals);
        List<Integer> given = IntStream.range(0, ties.members()).boxed().toList();
        orders.add(given);
        orders.add(given.reversed());
        orders.add(cheapestNext());
        return orders.stream()
                .map(this::improved)
                .min(Comparator.comparing(ties::cost))
                .orElseThrow();
    }

    /** For each set of members that have moved, what it has cost at the least, and who was last. */
    private List<Integer> exact() {
        int members = ties.members();
        int sets = 1 << members;
        long[] crossing = new long[sets];
        Ties.@Nullable Cost[] cost = new Ties.Cost[sets];
        byte[] last = new byte[sets];
        crossing[0] = ties.atFirst();
        cost[0] = Ties.Cost.NONE;
        boolean[] moved = new boolean[members];
        for (int set = 1; set < sets; set++) {
            int lowest = Integer.numberOfTrailingZeros(set);
            int before = set & (set - 1);
            for (int member = 0; member < members; member++) {
                moved[member] = (before >> member & 1) == 1;
            }
            crossing[set] = crossing[before] + ties.change(lowest, moved);
            for (int member = lowest; member < members; member++) {
                Ties.Cost until = (set >> member & 1) == 1 ? cost[set & ~(1 << member)] : null;
                Ties.Cost known = cost[set];
                if (until != null) {
                    Ties.Cost now = until.plus(crossing[set]);
                    if (known == null || now.compareTo(known) < 0) {
                        cost[set] = now;
                        last[set] = (byte) member;
                    }
                }
            }
        }
        Integer[] order = new Integer[members];
        int set = sets - 1;
        for (int step = members - 1; step >= 0; step--) {
            order[step] = (int) last[set];
            set &= ~(1 << last[set]);
        }
        return Arrays.asList(order);
    }

    private List<Integer> cheapestNext() {
        boolean[] moved = new boolean[ties.members()];
        List<Integer> order = new ArrayList<>();
        while (order.size() < ties.members()) {
            int next = IntStream.range(0, ties.members())
                    .filter(member -> !moved[member])
                    .boxed()
                    .min(Comparator.comparingLong(member -> ties.change(member, moved)))
                    .orElseThrow();
            moved[next] = true;
            order.add(next);
        }
        return order;
    }

    private List<Integer> improved(List<Integer> order) {
        List<Integer> best = order;
        Ties.Cost cost = ties.cost(best);
        boolean better = true;
        for (int round = 0; better && round < ROUNDS; round++) {
            better = false;
            for (int from = 0; from < order.size(); from++) {
                for (int to = 0; to < order.size(); to++) {
                    List<Integer> other = new ArrayList<>(best);
                    other.add(to, other.remove(from));
                    Ties.Cost its = ties.cost(other);
                    if (its.compareTo(cost) < 0) {
                        best = other;
                        cost = its;
                        better = true;
                    }
                }
            }
        }
        return best;
    }
}
