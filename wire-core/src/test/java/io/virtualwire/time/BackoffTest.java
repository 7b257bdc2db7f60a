package io.virtualwire.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToTheLongestWithJitter() {
        Backoff backoff = new Backoff(100, 2000, new Random(3));
        for (long full : new long[] {100, 200, 400, 800, 1600, 2000, 2000}) {
            assertThat(backoff.next()).isBetween(full / 2, full);
        }
        backoff.reset();
        assertThat(backoff.next()).isBetween(50L, 100L);
    }
}
