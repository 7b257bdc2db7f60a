package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.linux.DeviceShield;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.linux.TransmitCounter;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.LoopRunner;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What is known of a TAP whose reader stops, as a suspended guest's does.
 *
 * <pre>
 *   port ── packet socket ── vm-0 (a persistent TAP, in a namespace of its own) ── its descriptor, read when told
 * </pre>
 */
@NetnsTest
class BacklogNetnsTest extends BacklogContractTest {

    @Override
    Harness open(DatapathLoop owner) {
        return new Suspended(owner);
    }

    @Test
    void whatWasUnreadIsKnownWhenTheReaderHasClosed() {
        try (DatapathLoop loop = DatapathLoop.start("closed")) {
            Suspended guest = new Suspended(loop);
            LoopRunner.run(loop, guest.port.backlog()::begin);
            byte[] frame = guest.frame();
            for (int i = 0; i < 7; i++) {
                LoopRunner.run(loop, () -> guest.port.deliver(frame, 0, frame.length));
            }
            guest.guestTakes(3);
            guest.tap.close();
            assertThat(LoopRunner.on(loop, guest.port.backlog()::unread)).isEqualTo(4);
            assertThat(LoopRunner.on(loop, () -> guest.port.deliver(frame, 0, frame.length)))
                    .isFalse();
            assertThat(LoopRunner.on(loop, guest.port.backlog()::unread)).isEqualTo(4);
            LoopRunner.run(loop, guest.port::close);
            guest.close();
        }
    }

    /** A reader that stands and a queue that is full: the port refuses, and nothing is counted that it did not take. */
    @Test
    void aFullQueueIsCountedToTheFrame() {
        try (DatapathLoop loop = DatapathLoop.start("full")) {
            Suspended guest = new Suspended(loop);
            guest.host.ip("link set vm-0 txqueuelen 10");
            LoopRunner.run(loop, guest.port.backlog()::begin);
            byte[] frame = guest.frame();
            int accepted = 0;
            for (int i = 0; i < 30; i++) {
                accepted += LoopRunner.on(loop, () -> guest.port.deliver(frame, 0, frame.length)) ? 1 : 0;
            }
            assertThat(accepted).isBetween(1, 29);
            assertThat(guest.port.counters().drops().count(DropReason.PORT_QUEUE_FULL))
                    .isEqualTo(30 - accepted);
            assertThat(LoopRunner.on(loop, guest.port.backlog()::unread)).isEqualTo(accepted);
            guest.guestTakes(accepted);
            assertThat(LoopRunner.on(loop, guest.port.backlog()::unread)).isZero();
            LoopRunner.run(loop, guest.port::close);
            guest.close();
        }
    }

    @Test
    void anInterfaceThatIsNotThereHasSentNothingThatIsKnown() {
        try (TransmitCounter counter = TransmitCounter.open(NetworkNamespace.own(), "no-such-0")) {
            assertThat(counter.frames()).isEqualTo(-1);
        }
        try (TransmitCounter counter = TransmitCounter.open(NetworkNamespace.own(), "lo")) {
            assertThat(counter.frames()).isNotNegative();
        }
    }

    private static final class Suspended implements Harness {
        private final Namespaces lab = Namespaces.open();
        private final Namespace host = lab.namespace("host");
        private final TapDevice tap;
        private final PacketPort port;

        Suspended(DatapathLoop loop) {
            NetworkNamespace where = new NetworkNamespace(host.name());
            tap = TapDevice.open(TapRequest.named("vm-0").in(where).persistent(true));
            // More of them than one reading of the table returns.
            for (int i = 0; i < 40; i++) {
                host.ip("tuntap add vm-0" + i + " mode tap");
            }
            new DeviceShield(where).raise("vm-0");
            new InterfaceControl(where).up("vm-0");
            port = new PacketPort(
                    new PortId("vm-0"),
                    loop,
                    PacketSocket.open(where, "vm-0"),
                    TransmitCounter.open(where, "vm-0"),
                    1500);
        }

        @Override
        public Port port() {
            return port;
        }

        @Override
        public byte[] frame() {
            return new FrameBuilder(new Random(3))
                    .payload(new byte[50])
                    .between(UdpGuest.NEIGHBOUR, UdpGuest.GUEST)
                    .build();
        }

        @Override
        public void guestTakes(int frames) {
            byte[] buffer = new byte[Port.MAX_FRAME_BYTES];
            for (int i = 0; i < frames; i++) {
                assertThat(tap.read(buffer, 0, buffer.length)).isPositive();
            }
        }

        @Override
        public void close() {
            tap.close();
            lab.close();
        }
    }
}
