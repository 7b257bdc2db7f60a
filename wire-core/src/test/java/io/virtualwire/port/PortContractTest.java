package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.transport.LoopRunner;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every {@link Port} owes. */
abstract class PortContractTest extends PortOnLoop<PortHarness> {
    private final Random random = new Random(11);

    @Test
    void whatTheGuestSendsReachesTheSink() {
        CollectedFrames frames = attach();
        byte[] payload = bytes(1000);

        harness.guestSends(payload);

        byte[] frame = frames.awaitEndingWith(payload);
        assertThat(new VirtioNetHeader().wrap(frame, 0, frame.length).validate())
                .isEqualTo(io.virtualwire.frame.VirtioFault.NONE);
        assertThat(port.counters().ingressFrames()).isPositive();
        assertThat(port.counters().ingressBytes()).isGreaterThan(1000);
    }

    @Test
    void anotherSinkTakesOver() {
        CollectedFrames first = attach();
        CollectedFrames second = attach();
        byte[] payload = bytes(300);

        harness.guestSends(payload);

        second.awaitEndingWith(payload);
        assertThat(first.endingWith(payload)).isEmpty();
    }

    @Test
    void whatIsDeliveredReachesTheGuestAndStaysTheCallers() {
        byte[] payload = bytes(1400);
        byte[] frame = harness.frameToGuest(payload);
        byte[] embedded = new byte[frame.length + 20];
        System.arraycopy(frame, 0, embedded, 7, frame.length);
        byte[] before = embedded.clone();

        assertThat(LoopRunner.on(loop, () -> port.deliver(embedded, 7, frame.length)))
                .isTrue();

        assertThat(embedded).isEqualTo(before);
        assertThat(awaitGuest(payload.length)).isEqualTo(payload);
        assertThat(port.counters().egressFrames()).isEqualTo(1);
        assertThat(port.counters().egressBytes()).isEqualTo(frame.length - 12);
    }

    @Test
    void aSuperFrameReachesTheGuestWhole() {
        byte[] payload = bytes(40 * 1400 + 5);
        byte[] frame = harness.superFrameToGuest(payload, 1400);

        assertThat(deliver(frame)).isTrue();

        assertThat(awaitGuest(payload.length)).isEqualTo(payload);
    }

    @Test
    void aHeaderThatContradictsItsFrameGoesNoFurther() {
        byte[] frame = harness.superFrameToGuest(bytes(4000), 1000);
        new VirtioNetHeader().wrap(frame, 0, frame.length).checksumStart(40_000);

        assertThat(deliver(frame)).isFalse();

        assertThat(port.counters().drops().snapshot())
                .containsExactly(java.util.Map.entry(DropReason.BAD_VIRTIO_HEADER, 1L));
        assertThat(port.counters().egressFrames()).isZero();
        assertThat(harness.guestReceived()).isEmpty();
    }

    @Test
    void aFrameOfImpossibleLengthGoesNoFurther() {
        assertThat(deliver(new byte[Port.MIN_FRAME_BYTES - 1])).isFalse();
        assertThat(deliver(new byte[Port.MAX_FRAME_BYTES + 1])).isFalse();
        assertThat(deliver(new byte[0])).isFalse();

        assertThat(port.counters().drops().count(DropReason.BAD_FRAME_LENGTH)).isEqualTo(3);
    }

    @Test
    void afterCloseNothingPassesAndClosingAgainDoesNothing() {
        CollectedFrames frames = attach();
        byte[] frame = harness.frameToGuest(bytes(100));
        LoopRunner.run(loop, port::close);
        LoopRunner.run(loop, port::close);
        int before = frames.all().size();

        assertThat(deliver(frame)).isFalse();
        LoopRunner.run(loop, () -> {});

        assertThat(frames.all()).hasSize(before);
        assertThat(port.counters().drops().count(DropReason.PORT_CLOSED)).isEqualTo(1);
    }

    @Test
    void aSinkMayCloseThePort() {
        AtomicInteger calls = new AtomicInteger();
        LoopRunner.run(
                loop,
                () -> port.attach((bytes, offset, length) -> {
                    calls.incrementAndGet();
                    port.close();
                }));

        harness.guestSends(bytes(100));
        harness.guestSends(bytes(100));

        Awaitility.await().until(() -> calls.get() == 1);
        LoopRunner.run(loop, () -> {});
        assertThat(calls).hasValue(1);
    }

    @Test
    void itHasANameAndAnMtu() {
        assertThat(port.id().name()).isNotBlank();
        assertThat(port.mtu()).isEqualTo(1500);
    }

    private CollectedFrames attach() {
        CollectedFrames frames = new CollectedFrames();
        LoopRunner.run(loop, () -> port.attach(frames));
        return frames;
    }

    private boolean deliver(byte[] frame) {
        return LoopRunner.on(loop, () -> port.deliver(frame, 0, frame.length));
    }

    private byte[] awaitGuest(int count) {
        Awaitility.await().until(() -> joined().length >= count);
        return joined();
    }

    private byte[] joined() {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        harness.guestReceived().forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Keeps copies of the frames; a kernel sends some of its own, too. */
    private static final class CollectedFrames implements FrameSink {
        private final List<byte[]> frames = new CopyOnWriteArrayList<>();

        @Override
        public void frame(byte[] bytes, int offset, int length) {
            frames.add(Arrays.copyOfRange(bytes, offset, offset + length));
        }

        List<byte[]> all() {
            return frames;
        }

        List<byte[]> endingWith(byte[] payload) {
            return frames.stream()
                    .filter(frame -> frame.length > payload.length
                            && Arrays.equals(
                                    frame, frame.length - payload.length, frame.length, payload, 0, payload.length))
                    .toList();
        }

        byte[] awaitEndingWith(byte[] payload) {
            Awaitility.await().until(() -> !endingWith(payload).isEmpty());
            return endingWith(payload).getFirst();
        }
    }
}
