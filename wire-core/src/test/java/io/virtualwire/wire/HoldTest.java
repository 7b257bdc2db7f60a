package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.port.Port;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldTest {
    private long most = Long.MAX_VALUE;
    private final BufferBudget budget = new BufferBudget(() -> most);
    private final Hold hold = new Hold(new BufferPool(), budget);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void givesFramesBackInOrderAndUnchanged(long seed) {
        Random random = new Random(seed);
        List<byte[]> expected = new ArrayList<>();
        List<byte[]> got = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 100; i++) {
                byte[] frame = new byte[26 + random.nextInt(i % 10 == 0 ? Port.MAX_FRAME_BYTES - 26 : 300)];
                random.nextBytes(frame);
                expected.add(frame);
                hold.add(null, false, i, frame, 0, frame.length);
            }
            assertThat(hold.frames()).isEqualTo(100);
            hold.drainTo((peer, relayed, number, bytes, offset, length) ->
                    got.add(Arrays.copyOfRange(bytes, offset, offset + length)));
            assertThat(hold.isEmpty()).isTrue();
            assertThat(hold.weight()).isZero();
            assertThat(budget.used()).isZero();
        }
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void holdsNoMoreThanItsTenantMay() {
        most = 3 * Hold.weightOf(100);
        for (int i = 0; i < 3; i++) {
            assertThat(hold.add(null, false, i, new byte[100], 0, 100)).isTrue();
        }
        assertThat(hold.add(null, false, 3, new byte[100], 0, 100)).isFalse();
        assertThat(hold.clear()).isEqualTo(3);
        assertThat(budget.used()).isZero();
        assertThat(hold.add(null, false, 3, new byte[100], 0, 100)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 50})
    void takesNewFramesWhileItIsDrained(int count) {
        for (int i = 0; i < count; i++) {
            hold.add(null, false, i, new byte[] {(byte) i}, 0, 1);
        }
        List<Long> numbers = new ArrayList<>();
        hold.drainTo((peer, relayed, number, bytes, offset, length) -> {
            assertThat(bytes[offset]).isEqualTo((byte) number);
            numbers.add(number);
            hold.add(null, false, number + 100, new byte[] {(byte) (number + 100)}, 0, 1);
        });
        assertThat(numbers).hasSize(count);
        hold.drainTo((peer, relayed, number, bytes, offset, length) -> {
            assertThat(bytes[offset]).isEqualTo((byte) number);
            numbers.add(number);
        });
        assertThat(numbers).hasSize(2 * count);
        assertThat(hold.clear()).isZero();
    }
}
