package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForgeryLimitTest {
    private final ForgeryLimit limit = new ForgeryLimit();

    @Test
    void letsSoManyBeLookedAtInEachWhile() {
        long now = -5;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < ForgeryLimit.MOST; i++) {
                assertThat(limit.isReached(now + i)).isFalse();
                limit.forged(now + i);
            }
            assertThat(limit.isReached(now + ForgeryLimit.WHILE_NANOS - 1)).isTrue();
            now += ForgeryLimit.WHILE_NANOS;
            assertThat(limit.isReached(now)).isFalse();
        }
    }
}
