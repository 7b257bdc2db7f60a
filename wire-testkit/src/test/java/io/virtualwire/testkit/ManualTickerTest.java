package io.virtualwire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualTickerTest {
    @Test
    void movesOnlyWhenTold() {
        ManualTicker ticker = new ManualTicker();
        long before = ticker.nanoTime();

        assertThat(ticker.nanoTime()).isEqualTo(before);
        assertThat(ticker.advance(Duration.ofMillis(5))).isEqualTo(before + 5_000_000);
        assertThat(ticker.nanoTime()).isEqualTo(before + 5_000_000);
    }

    @Test
    void doesNotGoBack() {
        assertThatThrownBy(() -> new ManualTicker().advanceNanos(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
