package io.virtualwire.testkit.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongLineTest {
    private static final long MILLI = 1_000_000;
    private static final WanProfile QUIET =
            new WanProfile(Duration.ofMillis(20), 100_000_000, 0, Duration.ofMillis(50), 7);

    @Test
    void aFrameIsLateByItsSendingTimeAndTheDelay() {
        LongLine line = new LongLine(QUIET, 7);
        // 1250 bytes are 10,000 bits: a tenth of a millisecond at 100 Mb/s.
        assertThat(line.out(0, 1250)).isEqualTo(20 * MILLI + MILLI / 10);
        assertThat(line.out(MILLI, 1250)).isEqualTo(21 * MILLI + MILLI / 10);
    }

    @Test
    void framesThatComeTogetherLeaveOneAfterTheOtherAtTheRate() {
        LongLine line = new LongLine(QUIET, 7);
        long last = 0;
        int frames = 400;
        for (int i = 0; i < frames; i++) {
            last = line.out(0, 1250);
        }
        assertThat(last).isEqualTo(20 * MILLI + frames * MILLI / 10);
    }

    @Test
    void theQueueIsBounded() {
        LongLine line = new LongLine(QUIET, 7);
        int taken = 0;
        while (line.out(0, 1250) != LongLine.DROPPED) {
            taken++;
        }
        // 50 ms at the rate, and the one that finds exactly that before it.
        assertThat(taken).isEqualTo(501);
        assertThat(line.out(10 * MILLI, 1250)).as("once some have left").isGreaterThan(0);
    }

    @Test
    void theShareThatIsLostIsAsSaidAndTheSameForTheSameSeed() {
        WanProfile lossy = WanProfile.of(Duration.ZERO, 1_000_000_000_000L, 0.001, 7);
        int frames = 1_000_000;
        List<Integer> lost = lost(new LongLine(lossy, 7), frames);
        // Mean 1000, standard deviation 32.
        assertThat(lost.size()).isBetween(840, 1160);
        assertThat(lost(new LongLine(lossy, 7), frames)).isEqualTo(lost);
        assertThat(lost(new LongLine(lossy, 8), frames)).isNotEqualTo(lost);
    }

    private static List<Integer> lost(LongLine line, int frames) {
        List<Integer> lost = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            if (line.out(i * MILLI, 64) == LongLine.LOST) {
                lost.add(i);
            }
        }
        return lost;
    }
}
