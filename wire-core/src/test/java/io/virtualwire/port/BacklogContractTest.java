package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.transport.LoopRunner;
import org.junit.jupiter.api.Test;

/** What every {@link Backlog} owes that is not {@link Backlog#NONE}. */
abstract class BacklogContractTest extends PortOnLoop<BacklogContractTest.Harness> {
    /** A port, and a guest that takes frames when it is told to. */
    interface Harness extends OpenPort {
        /** A frame that the port takes. */
        byte[] frame();

        /** The guest takes as many frames, which are there. */
        void guestTakes(int frames);
    }

    @Test
    void whatTheGuestHasNotTakenIsCounted() {
        begin();
        assertThat(unread()).isZero();
        deliver(5);
        assertThat(unread()).isEqualTo(5);
        harness.guestTakes(2);
        assertThat(unread()).isEqualTo(3);
        deliver(4);
        assertThat(unread()).isEqualTo(7);
        harness.guestTakes(7);
        assertThat(unread()).isZero();
    }

    @Test
    void whatWasTakenBeforeAnybodyAskedIsNot() {
        deliver(3);
        harness.guestTakes(3);
        begin();
        assertThat(unread()).isZero();
        deliver(1);
        assertThat(unread()).isEqualTo(1);
    }

    @Test
    void whatThePortDidNotTakeIsNot() {
        begin();
        deliver(1);
        byte[] longer = new byte[Port.MAX_FRAME_BYTES + 1];
        assertThat(LoopRunner.on(loop, () -> port.deliver(longer, 0, longer.length)))
                .isFalse();
        assertThat(unread()).isEqualTo(1);
    }

    @Test
    void itIsKnownOnlyWhileItIsAskedFor() {
        deliver(2);
        assertThat(unread()).isZero();
        begin();
        LoopRunner.run(loop, port.backlog()::end);
        deliver(2);
        assertThat(unread()).isZero();
    }

    /** As in another process: what the kernel counts goes on. */
    @Test
    void whoGoesOnKnowsWhatIsStillUnread() {
        begin();
        deliver(5);
        harness.guestTakes(2);
        long readAt = LoopRunner.on(loop, port.backlog()::readAt);
        LoopRunner.run(loop, port.backlog()::end);
        harness.guestTakes(1);
        goOn(readAt, 3);
        assertThat(unread()).isEqualTo(2);
        deliver(4);
        assertThat(unread()).isEqualTo(6);
        harness.guestTakes(6);
        assertThat(unread()).isZero();
    }

    @Test
    void whoGoesOnBelievesNothingImpossible() {
        begin();
        deliver(2);
        long readAt = LoopRunner.on(loop, port.backlog()::readAt);
        LoopRunner.run(loop, port.backlog()::end);
        goOn(readAt + 1_000, 2);
        assertThat(unread()).isZero();
        deliver(1);
        assertThat(unread()).isEqualTo(1);
    }

    private void goOn(long readAt, int most) {
        LoopRunner.run(loop, () -> port.backlog().begin(readAt, most));
    }

    @Test
    void aClosedPortHasNone() {
        begin();
        deliver(2);
        LoopRunner.run(loop, port::close);
        assertThat(unread()).isZero();
    }

    private void begin() {
        LoopRunner.run(loop, port.backlog()::begin);
    }

    private int unread() {
        return LoopRunner.on(loop, port.backlog()::unread);
    }

    private void deliver(int frames) {
        byte[] frame = harness.frame();
        for (int i = 0; i < frames; i++) {
            assertThat(LoopRunner.on(loop, () -> port.deliver(frame, 0, frame.length)))
                    .isTrue();
        }
    }
}
