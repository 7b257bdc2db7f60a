package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.frame.FinishOffloads;
import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.LoopRunner;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class InProcessPortTest extends PortContractTest {

    @Override
    PortHarness open(DatapathLoop owner) {
        return new Component(owner);
    }

    @Test
    void framesAreHandedOverWithoutACopy() {
        try (DatapathLoop loop = DatapathLoop.start("no-copy")) {
            byte[] frame = new FrameBuilder(new Random(1)).payload(new byte[64]).build();
            InProcessPort port = new InProcessPort(new PortId("lan.1"), loop, 1500);
            LoopRunner.run(loop, () -> {
                port.attachComponent(
                        (bytes, offset, length) -> assertThat(bytes).isSameAs(frame));
                port.attach((bytes, offset, length) -> assertThat(bytes).isSameAs(frame));
                assertThat(port.deliver(frame, 0, frame.length)).isTrue();
                assertThat(port.send(frame, 0, frame.length)).isTrue();
            });
        }
    }

    @Test
    void whatAComponentSendsWithoutASinkIsCounted() {
        try (DatapathLoop loop = DatapathLoop.start("no-sink")) {
            InProcessPort port = new InProcessPort(new PortId("lan.1"), loop, 1500);
            assertThat(LoopRunner.on(loop, () -> port.send(new byte[60], 0, 60)))
                    .isFalse();
            assertThat(port.counters().drops().count(DropReason.PORT_CLOSED)).isEqualTo(1);
        }
    }

    /** The guest is a component that cuts super-frames and keeps the payloads. */
    private static final class Component implements PortHarness {
        private final Random random = new Random(5);
        private final FinishOffloads finish = new FinishOffloads();
        private final List<byte[]> received = new CopyOnWriteArrayList<>();
        private final DatapathLoop loop;
        private final InProcessPort port;
        private final int headersLength = 12 + builder(new byte[0]).headersLength();

        private Component(DatapathLoop loop) {
            this.loop = loop;
            port = new InProcessPort(new PortId("component.1"), loop, 1500);
            LoopRunner.run(loop, () -> port.attachComponent(this::receive));
        }

        private void receive(byte[] bytes, int offset, int length) {
            finish.finish(
                    bytes,
                    offset,
                    length,
                    (frame, at, size) -> received.add(Arrays.copyOfRange(frame, at + headersLength, at + size)));
        }

        @Override
        public Port port() {
            return port;
        }

        @Override
        public void guestSends(byte[] payload) {
            byte[] frame = frameToGuest(payload);
            LoopRunner.run(loop, () -> port.send(frame, 0, frame.length));
        }

        @Override
        public byte[] frameToGuest(byte[] payload) {
            return builder(payload).build();
        }

        @Override
        public byte[] superFrameToGuest(byte[] payload, int gsoSize) {
            return builder(payload).gsoSize(gsoSize).build();
        }

        private FrameBuilder builder(byte[] payload) {
            return new FrameBuilder(random).payload(payload);
        }

        @Override
        public List<byte[]> guestReceived() {
            return received;
        }

        @Override
        public void close() {}
    }
}
