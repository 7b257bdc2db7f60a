package io.virtualwire.relocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MoveOrderTest {

    @Test
    void aSwitchGoesWhenMostOfItsGuestsHaveGone() {
        // Member 0 is a switch with four guests; nothing else holds anybody anywhere.
        Ties ties = star(4, 0, 0);
        List<Integer> order = new MoveOrder(ties).best(List.of());
        assertThat(order.indexOf(0)).isEqualTo(2);
        assertThat(ties.crossing(order)).containsExactly(1, 2, 2, 1, 0);
    }

    @Test
    void aSwitchWithMuchToTheOtherCloudGoesFirstAndOneWithMuchThatStaysLast() {
        assertThat(new MoveOrder(star(4, 0, 10)).best(List.of()).indexOf(0)).isZero();
        assertThat(new MoveOrder(star(4, 10, 0)).best(List.of()).indexOf(0)).isEqualTo(4);
    }

    @Test
    void nothingToMoveHasAnOrder() {
        assertThat(new MoveOrder(new Ties(new long[0][0], new long[0], new long[0])).best(List.of()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void theOrderOfAFewIsTheBestOfAll(int members) {
        for (long seed = 0; seed < (members < 7 ? 40 : 15); seed++) {
            Ties ties = random(members, new Random(seed));
            Ties.Cost best = all(members).stream()
                    .map(ties::cost)
                    .min(Ties.Cost::compareTo)
                    .orElseThrow();
            List<Integer> order = new MoveOrder(ties).best(List.of());
            assertThat(order).as("seed %d", seed).doesNotHaveDuplicates().hasSize(members);
            assertThat(ties.cost(order)).as("seed %d", seed).isEqualTo(best);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 9, 16, 17, 24, 40})
    void noNaiveOrderIsBetter(int members) {
        for (long seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            Ties ties = random(members, random);
            List<List<Integer>> naive = naive(members, random);
            Ties.Cost cost = ties.cost(new MoveOrder(ties).best(List.of(guestsFirst(members))));
            for (List<Integer> order : naive) {
                assertThat(cost).as("seed %d against %s", seed, order).isLessThanOrEqualTo(ties.cost(order));
            }
        }
    }

    /** By name, the other way round, switches first, guests first, and some at random. */
    private static List<List<Integer>> naive(int members, Random random) {
        List<Integer> byName = IntStream.range(0, members).boxed().toList();
        List<List<Integer>> naive = new ArrayList<>(List.of(byName, byName.reversed(), guestsFirst(members)));
        for (int i = 0; i < 10; i++) {
            List<Integer> shuffled = new ArrayList<>(byName);
            Collections.shuffle(shuffled, random);
            naive.add(shuffled);
        }
        return naive;
    }

    private static List<Integer> guestsFirst(int members) {
        int switches = Math.max(1, members / 3);
        return IntStream.range(0, members)
                .mapToObj(place -> (place + switches) % members)
                .toList();
    }

    /** Every third is a switch; each guest has up to two interfaces; some others are in either cloud. */
    private static Ties random(int members, Random random) {
        int switches = Math.max(1, members / 3);
        long[][] between = new long[members][members];
        long[] left = new long[members];
        long[] ahead = new long[members];
        for (int guest = switches; guest < members; guest++) {
            for (int nic = 0; nic <= random.nextInt(2); nic++) {
                int at = random.nextInt(switches);
                long weight = 1 + (random.nextBoolean() ? 0 : random.nextInt(1000));
                between[guest][at] += weight;
                between[at][guest] += weight;
            }
        }
        for (int outside = 0; outside < members; outside++) {
            (random.nextBoolean() ? left : ahead)[random.nextInt(members)] += random.nextInt(100);
        }
        return new Ties(between, left, ahead);
    }

    private static Ties star(int guests, long left, long ahead) {
        long[][] between = new long[guests + 1][guests + 1];
        for (int guest = 1; guest <= guests; guest++) {
            between[0][guest] = 1;
            between[guest][0] = 1;
        }
        long[] leaving = new long[guests + 1];
        long[] going = new long[guests + 1];
        leaving[0] = left;
        going[0] = ahead;
        return new Ties(between, leaving, going);
    }

    private static List<List<Integer>> all(int members) {
        List<List<Integer>> orders = new ArrayList<>();
        orders.add(List.of());
        for (int member = 0; member < members; member++) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> order : orders) {
                for (int at = 0; at <= order.size(); at++) {
                    List<Integer> with = new ArrayList<>(order);
                    with.add(at, member);
                    longer.add(with);
                }
            }
            orders = longer;
        }
        return orders;
    }
}
