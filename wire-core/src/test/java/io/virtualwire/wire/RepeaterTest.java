package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepeaterTest {
    @Test
    void repeatsUntilItIsAnswered() {
        Repeater repeater = new Repeater(20, 100, 0);
        assertThat(repeater.due(0)).isFalse();
        repeater.start(0);
        assertThat(repeater.due(0)).isTrue();
        assertThat(repeater.due(19)).isFalse();
        assertThat(repeater.due(20)).isTrue();
        repeater.stop();
        assertThat(repeater.due(40)).isFalse();
        assertThat(repeater.gaveUp()).isFalse();
    }

    @Test
    void givesUp() {
        Repeater repeater = new Repeater(20, 100, 0);
        repeater.start(0);
        int said = 0;
        for (long now = 0; now < 1_000; now++) {
            said += repeater.due(now) ? 1 : 0;
        }
        assertThat(said).isEqualTo(5);
        assertThat(repeater.isOn()).isFalse();
        assertThat(repeater.gaveUp()).isTrue();
    }

    @Test
    void goesOnSeldomIfItMustNotGiveUp() {
        Repeater repeater = new Repeater(20, 100, 1_000);
        repeater.start(0);
        int said = 0;
        for (long now = 0; now < 10_000; now++) {
            said += repeater.due(now) ? 1 : 0;
        }
        assertThat(said).isBetween(14, 15);
        assertThat(repeater.isOn()).isTrue();
    }
}
