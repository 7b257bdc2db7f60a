package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.ManualTicker;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnreadFramesTest {
    private final ManualTicker ticker = new ManualTicker();
    private long taken = 1_000;
    private final UnreadFrames unread = new UnreadFrames(() -> taken, ticker);

    private void delivered(int frames) {
        for (int i = 0; i < frames; i++) {
            ticker.advance(Duration.ofMillis(5));
            unread.beforeDelivery();
            unread.delivered();
        }
    }

    @Test
    void theFrameThatQemuTakesInVainIsCounted() {
        unread.begin();
        delivered(3);
        taken += 3;
        // Suspended; QEMU is busy with that while four frames come, and then takes one.
        delivered(4);
        taken += 1;
        assertThat(unread.unread()).isEqualTo(4);
        delivered(2);
        assertThat(unread.unread()).isEqualTo(6);
        // It went on after all.
        taken += 2;
        assertThat(unread.unread()).isEqualTo(3);
        taken += 3;
        assertThat(unread.unread()).isZero();
    }

    @Test
    void aFrameOfWhichItIsNotSureIsNot() {
        unread.begin();
        delivered(1);
        taken += 1;
        delivered(1);
        taken += 1;
        // Nobody can say whether the guest has this one.
        assertThat(unread.unread()).isZero();
        assertThat(unread.unreadForGood()).isZero();
        assertThat(unread.unsure()).isEqualTo(1);
        delivered(3);
        taken += 2;
        assertThat(unread.unread()).isEqualTo(1);
    }

    @Test
    void whatWasPurgedWithAReaderIsForgottenInTime() {
        unread.begin();
        delivered(7);
        assertThat(unread.unread()).isEqualTo(7);
        // Another reader comes, and reads all.
        for (int i = 0; i < 80; i++) {
            delivered(1);
            taken += 1;
        }
        assertThat(unread.unread()).isZero();
    }

    @Test
    void whatOthersDeliverIsNeverCounted() {
        unread.begin();
        for (int i = 0; i < 40; i++) {
            delivered(1);
            taken += 3;
            assertThat(unread.unread()).isZero();
        }
        delivered(2);
        assertThat(unread.unread()).isEqualTo(2);
    }

    @Test
    void anInterfaceThatBeganAnewIsCountedAnew() {
        unread.begin();
        delivered(2);
        taken = 0;
        delivered(3);
        assertThat(unread.unread()).isLessThanOrEqualTo(3);
        taken = -1;
        assertThat(unread.unread()).isZero();
    }

    /** Whatever a reader does that QEMU might do, never is more counted than it leaves. */
    @Test
    void neverTooMany() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            unread.end();
            unread.begin();
            int waiting = 0;
            boolean suspended = false;
            boolean parked = false;
            for (int step = 0; step < 60; step++) {
                ticker.advance(Duration.ofMillis(random.nextInt(8)));
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        unread.beforeDelivery();
                        unread.delivered();
                        waiting++;
                    }
                    case 2 -> {
                        // QEMU's loop takes all that is there; while its guest is suspended it takes one, and no more.
                        int takes = suspended ? parked ? 0 : Math.min(1, waiting) : waiting;
                        taken += takes;
                        waiting -= takes;
                        parked |= suspended && takes == 1;
                    }
                    default -> suspended |= random.nextInt(8) == 0;
                }
                assertThat(unread.unread())
                        .as("seed %d, step %d", seed, step)
                        .isBetween(waiting, waiting + (parked ? 1 : 0));
            }
        }
    }
}
