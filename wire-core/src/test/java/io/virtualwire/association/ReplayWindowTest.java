package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayWindowTest {
    private final ReplayWindow window = new ReplayWindow();

    @Test
    void coversAtLeastWhatTheProtocolAsks() {
        assertThat(ReplayWindow.SPAN).isGreaterThanOrEqualTo(8192);
    }

    @Test
    void takesEachCounterOnce() {
        assertThat(window.take(0)).isTrue();
        assertThat(window.take(0)).isFalse();
        assertThat(window.take(5)).isTrue();
        assertThat(window.take(3)).isTrue();
        assertThat(window.take(3)).isFalse();
        assertThat(window.highest()).isEqualTo(5);
    }

    @Test
    void refusesWhatIsBelowTheWindow() {
        window.take(100_000);
        assertThat(window.take(100_000 - ReplayWindow.SPAN)).isFalse();
        assertThat(window.take(100_000 - ReplayWindow.SPAN + 1)).isTrue();
    }

    @Test
    void askingChangesNothing() {
        assertThat(window.isFresh(1_000_000)).isTrue();
        assertThat(window.highest()).isEqualTo(-1);
        assertThat(window.isFresh(0)).isTrue();
    }

    @Test
    void refusesNegativeCounters() {
        assertThat(window.take(-1)).isFalse();
        assertThat(window.take(Long.MIN_VALUE)).isFalse();
        window.take(7);
        assertThat(window.take(-1)).isFalse();
        assertThat(window.take(Long.MIN_VALUE + 7)).isFalse();
    }

    @Test
    void survivesTheGreatestLeap() {
        window.take(1);
        assertThat(window.take(Long.MAX_VALUE)).isTrue();
        assertThat(window.take(1)).isFalse();
        assertThat(window.take(Long.MAX_VALUE - 1)).isTrue();
        assertThat(window.take(Long.MAX_VALUE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithASetUnderReorderingAndLeaps(long seed) {
        Random random = new Random(seed);
        Set<Long> seen = new HashSet<>();
        long highest = -1;
        long around = 0;
        for (int i = 0; i < 50_000; i++) {
            around += random.nextInt(1000) == 0 ? random.nextInt(40_000) : random.nextInt(3);
            long counter = Math.max(0, around - random.nextInt(random.nextBoolean() ? 64 : 20_000));
            boolean expected = counter > highest || highest - counter < ReplayWindow.SPAN && !seen.contains(counter);
            assertThat(window.take(counter))
                    .as("counter %s at step %s", counter, i)
                    .isEqualTo(expected);
            seen.add(counter);
            highest = Math.max(highest, counter);
        }
    }
}
