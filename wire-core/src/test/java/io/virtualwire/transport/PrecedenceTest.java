package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecedenceTest {
    private final ManualTicker ticker = new ManualTicker();
    private final List<Integer> asked = new ArrayList<>();
    private boolean allowed = true;
    private final Precedence precedence = new Precedence(ticker, nice -> {
        asked.add(nice);
        return allowed;
    });

    @Test
    void isKeptByWhoIsCalledNowAndThen() {
        assertThat(precedence.take()).isTrue();
        assertThat(calls(1000, Duration.ofMillis(1))).isZero();
        assertThat(asked).containsExactly(-10);
    }

    @Test
    void isGivenUpOnceByWhoIsCalledAllTheTimeAndTakenAgainWhenThatEnds() {
        precedence.take();
        assertThat(calls(1000, Duration.ofNanos(10_000))).isEqualTo(1);
        assertThat(asked).containsExactly(-10, 0);

        assertThat(precedence.look()).isFalse();
        assertThat(calls(99, Duration.ofMillis(1))).isZero();
        assertThat(precedence.look()).isTrue();
        assertThat(asked).containsExactly(-10, 0, -10);

        assertThat(calls(1000, Duration.ofNanos(10_000))).isEqualTo(1);
    }

    @Test
    void isNotTouchedWhereItMayNotBe() {
        allowed = false;
        assertThat(precedence.take()).isFalse();
        assertThat(calls(1000, Duration.ofNanos(10_000))).isZero();
        assertThat(asked).containsExactly(-10);
    }

    /** How often precedence was given up in so many calls. */
    private int calls(int count, Duration apart) {
        int given = 0;
        for (int n = 0; n < count; n++) {
            ticker.advance(apart);
            given += precedence.called() ? 1 : 0;
        }
        return given;
    }
}
