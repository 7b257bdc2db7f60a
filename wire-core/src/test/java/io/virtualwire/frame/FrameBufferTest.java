package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FrameBufferTest {
    @Test
    void headroomTakesHeadersWithoutMovingTheFrame() {
        FrameBuffer buffer = new FrameBuffer(8, 4);
        assertThat(buffer.set(new byte[] {0, 1, 2, 3}, 1, 3)).isTrue();

        assertThat(buffer.prepend(5)).isEqualTo(3);

        assertThat(buffer.length()).isEqualTo(8);
        assertThat(buffer.bytes()).endsWith(1, 2, 3, 0);
        assertThatThrownBy(() -> buffer.prepend(4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsTooLongIsRefusedAndChangesNothing() {
        FrameBuffer buffer = new FrameBuffer(2, 4);
        buffer.filled(4);

        assertThat(buffer.set(new byte[5], 0, 5)).isFalse();
        assertThat(buffer.length()).isEqualTo(4);
        assertThat(buffer.offset()).isEqualTo(2);
        assertThat(FrameBuffer.ofMaximum().capacity()).isEqualTo(65_562);
    }
}
