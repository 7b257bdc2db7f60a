package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A frame from one port over a wire to another allocates nothing, once there has been one like it.
 *
 * <pre>
 *   InProcessPort ── WireEngine ── messages, copied once ── WireEngine ── InProcessPort
 * </pre>
 */
class FrameAllocationTest {
    private static final int FRAMES = 1_000;
    /** What the virtual machine may take for itself meanwhile: half of what one object a frame would. */
    private static final long SLACK_BYTES = 8L * FRAMES;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Bench near = new Bench();
    private final Bench far = new Bench();
    private long delivered;

    @ParameterizedTest(name = "{0} bytes of payload, cut where the underlay loses: {1}")
    @CsvSource({"64,false", "1448,false", "60000,false", "60000,true"})
    void nothingIsAllocatedForAFrame(int payload, boolean lossy) {
        InProcessPort from = new InProcessPort(new PortId("near"), near, 1_500);
        InProcessPort to = new InProcessPort(new PortId("far"), far, 1_500);
        near.route = new Direct(far, lossy);
        far.route = new Direct(near, lossy);
        connect(near, from, Side.A);
        connect(far, to, Side.B);
        to.attachComponent((bytes, offset, length) -> delivered++);
        byte[] frame = new FrameBuilder(new Random(1))
                .tcp(true)
                .gsoSize(payload > 1_448 ? 1_448 : 0)
                .payload(new byte[payload])
                .build();
        send(from, frame);
        long expected = delivered;
        assertThat(delivered).isPositive();

        long before = threads.getCurrentThreadAllocatedBytes();
        send(from, frame);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(delivered).isEqualTo(2 * expected);
        assertThat(allocated).as("bytes for %d frames", FRAMES).isLessThan(SLACK_BYTES);
    }

    private static void send(InProcessPort from, byte[] frame) {
        for (int i = 0; i < FRAMES; i++) {
            from.send(frame, 0, frame.length);
        }
    }

    private static void connect(Bench bench, InProcessPort port, Side side) {
        bench.engine.addPort("web", port);
        bench.engine.connect(Bench.request(side, 1, Role.ACTIVE, Bench.FAR, 1));
    }

    /** What one engine sends the other has, in bytes of its own as if they had come from a socket. */
    private static final class Direct implements WirePath {
        private final Bench other;
        private final boolean lossy;
        private final byte[] arrived = new byte[2_000];
        private final MessageHeader header = new MessageHeader();

        Direct(Bench other, boolean lossy) {
            this.other = other;
            this.lossy = lossy;
        }

        @Override
        public Identity peer() {
            return Bench.FAR;
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public int payloadBudget() {
            return 1_408;
        }

        @Override
        public int datagramsPerFrame() {
            return lossy ? 1 : ANY_DATAGRAMS;
        }

        @Override
        public boolean send(MessageHeader said, boolean plain, byte[] payload, int offset, int length) {
            said.copyTo(arrived, 0);
            System.arraycopy(payload, offset, arrived, MessageHeader.LENGTH, length);
            WirePath back = other.route;
            if (back != null) {
                other.engine.message(back, header.wrap(arrived, 0), plain, arrived, MessageHeader.LENGTH, length);
            }
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public boolean tell(PeerMessage message) {
            WirePath back = other.route;
            if (back != null) {
                other.engine.told(back, message);
            }
            return true;
        }
    }
}
