package io.virtualwire.relocation;

import java.util.List;

/**
 * What ties members that are to move, one after the other, to each other and to what does not move.
 *
 * <p>A tie crosses while one of its ends has moved and the other has not; one that does not end at two members crosses while its
 * member has moved, or until it has.
 *
 * @param between how heavy the ties between two members are, by their numbers; symmetric
 * @param left how heavy each member's ties to what stays in the cloud that is left are
 * @param ahead how heavy each member's ties to what is already where it goes are
 */
record Ties(long[][] between, long[] left, long[] ahead) {

    int members() {
        return left.length;
    }

    /** How heavy all is that crosses when nobody has moved yet. */
    long atFirst() {
        long crossing = 0;
        for (long each : ahead) {
            crossing += each;
        }
        return crossing;
    }

    /** By how much that changes when this member moves, too. */
    long change(int member, boolean[] moved) {
        long change = left[member] - ahead[member];
        for (int other = 0; other < members(); other++) {
            change += moved[other] ? -between[member][other] : between[member][other];
        }
        return change;
    }

    /** What crosses after each step of an order. */
    long[] crossing(List<Integer> order) {
        boolean[] moved = new boolean[members()];
        long[] after = new long[order.size()];
        long crossing = atFirst();
        for (int step = 0; step < after.length; step++) {
            crossing += change(order.get(step), moved);
            moved[order.get(step)] = true;
            after[step] = crossing;
        }
        return after;
    }

    /** What an order costs: the sum over its steps of what crosses after each, then the most of these. */
    Cost cost(List<Integer> order) {
        Cost cost = Cost.NONE;
        for (long crossing : crossing(order)) {
            cost = cost.plus(crossing);
        }
        return cost;
    }

    /** The sum first, the peak among those with the same sum. */
    record Cost(long sum, long peak) implements Comparable<Cost> {
        static final Cost NONE = new Cost(0, 0);

        Cost plus(long crossing) {
            return new Cost(sum + crossing, Math.max(peak, crossing));
        }

        @Override
        public int compareTo(Cost other) {
            int bySum = Long.compare(sum, other.sum);
            return bySum != 0 ? bySum : Long.compare(peak, other.peak);
        }
    }
}
