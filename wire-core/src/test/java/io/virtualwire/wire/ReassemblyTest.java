package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.port.Port;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReassemblyTest {
    private final DropTally drops = new DropTally();
    private long most = Long.MAX_VALUE;
    private final BufferBudget budget = new BufferBudget(() -> most);
    private final Reassembly reassembly = new Reassembly(Bounds.PROTOCOL, new BufferPool(), budget, drops);

    private record Segment(long number, int at, int total, byte[] bytes) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void putsFramesTogetherFromSegmentsInAnyOrderAndOfAnySize(long seed) {
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            byte[] frame = new byte[2_000 + random.nextInt(Port.MAX_FRAME_BYTES - 2_000 + 1)];
            random.nextBytes(frame);
            frames.add(frame);
            for (int at = 0; at < frame.length; ) {
                int end = Math.min(frame.length, at + 1_000 + random.nextInt(500));
                segments.add(new Segment(number, at, frame.length, Arrays.copyOfRange(frame, at, end)));
                at = end;
            }
        }
        Collections.shuffle(segments, random);

        int complete = 0;
        for (Segment s : segments) {
            Assembly whole = reassembly.add(s.number, s.at, s.total, s.bytes, 0, s.bytes.length, 0);
            if (whole != null) {
                complete++;
                assertThat(Arrays.copyOf(whole.buffer, whole.total)).isEqualTo(frames.get((int) whole.number));
                reassembly.release(whole);
            }
        }

        assertThat(complete).isEqualTo(frames.size());
        assertThat(reassembly.open()).isZero();
        assertThat(reassembly.bytes()).isZero();
        assertThat(budget.used()).isZero();
        assertThat(drops.total()).isZero();
    }

    @Test
    void holdsNoMoreThanItsTenantMayWhateverTheOthersHold() {
        Reassembly other = new Reassembly(Bounds.PROTOCOL, new BufferPool(), budget, drops);
        most = 3 * 4_096;
        for (int number = 1; number <= 5; number++) {
            assertThat(reassembly.add(number, 0, 2_000, new byte[100], 0, 100, 0))
                    .isNull();
        }
        assertThat(reassembly.open()).as("the oldest went").isEqualTo(3);
        assertThat(budget.used()).isEqualTo(most);
        assertThat(other.add(1, 0, 2_000, new byte[100], 0, 100, 0)).isNull();
        assertThat(other.open()).as("a leg takes nothing from another").isZero();
        assertThat(drops.snapshot()).containsOnly(entry(DropReason.BUFFER_QUOTA, 3L));
        reassembly.clear();
        assertThat(budget.used()).isZero();
    }

    @Test
    void dropsAFrameWhoseSegmentsContradictEachOther() {
        assertThat(add(1, 0, 3_000, 1_000)).isNull();
        assertThat(add(1, 1_000, 4_000, 1_000)).isNull();
        assertThat(drops.count(DropReason.BAD_SEGMENT)).isEqualTo(1);

        assertThat(add(2, 0, 3_000, 1_000)).isNull();
        assertThat(add(2, 999, 3_000, 1_000)).isNull();
        assertThat(drops.count(DropReason.BAD_SEGMENT)).isEqualTo(2);

        assertThat(add(3, 2_500, 3_000, 501)).isNull();
        assertThat(drops.count(DropReason.BAD_SEGMENT)).isEqualTo(3);
        assertThat(reassembly.open()).isZero();
    }

    @Test
    void dropsTheOldestWhenThereAreTooManyFrames() {
        int most = Bounds.PROTOCOL.reassemblyFrames();
        for (int number = 0; number < most + 3; number++) {
            add(number, 0, 3_000, 1_000);
        }
        assertThat(reassembly.open()).isEqualTo(most);
        assertThat(drops.count(DropReason.REASSEMBLY_OVERFLOW)).isEqualTo(3);
    }

    @Test
    void dropsTheOldestWhenThereAreTooManyBytes() {
        Bounds bounds = new Bounds(1, 1, 1, 1, 1, 1, 1, 64, 100_000, 1, 1, 1, 1, 1, 1);
        Reassembly small = new Reassembly(bounds, new BufferPool(), budget, drops);
        for (int number = 0; number < 5; number++) {
            small.add(number, 0, 40_000, new byte[100], 0, 100, 0);
            assertThat(small.bytes()).isLessThanOrEqualTo(100_000);
        }
        assertThat(drops.count(DropReason.REASSEMBLY_OVERFLOW)).isEqualTo(3);
    }

    @Test
    void dropsWhatStaysIncompleteForTooLong() {
        add(1, 0, 3_000, 1_000);
        reassembly.expire(Bounds.PROTOCOL.reassemblyNanos() - 1);
        assertThat(reassembly.open()).isEqualTo(1);
        reassembly.expire(Bounds.PROTOCOL.reassemblyNanos());
        assertThat(reassembly.open()).isZero();
        assertThat(drops.count(DropReason.REASSEMBLY_TIMEOUT)).isEqualTo(1);
    }

    private @org.jspecify.annotations.Nullable Assembly add(long number, int at, int total, int length) {
        return reassembly.add(number, at, total, new byte[length], 0, length, 0);
    }
}
