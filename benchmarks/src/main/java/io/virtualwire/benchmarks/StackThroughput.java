package io.virtualwire.benchmarks;

import com.sun.management.ThreadMXBean;
import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of frames a second go over a wire between two whole stacks on the loopback interface, sealed and plain, and
 * what that costs each stack's thread.
 *
 * <pre>
 * mvn -q -pl benchmarks -am -Pquick package
 * ip netns add bench; ip -n bench link set lo mtu 1500 up
 * ip netns exec bench java --enable-native-access=ALL-UNNAMED -cp "$(benchmarks class path)" \
 *     io.virtualwire.benchmarks.StackThroughput [seconds]
 * </pre>
 *
 * <p>Without the namespace datagrams are 9,216 bytes long, as on a link with jumbo frames. On a machine that does other
 * things too, look at the figures for a second of each thread's own CPU time.
 */
public final class StackThroughput {
    private static final WireId WIRE = WireId.named("bench");
    private static final String ENDPOINT = "port";
    private static final Generation FIRST = new Generation(1, "");

    /** As much as a TCP with a window of this size would have under way. */
    private static final int WINDOW_BYTES = 2 << 20;

    private static final int BYTES_PER_TASK = 1 << 17;
    private static final int WARM_UP_MILLIS = 5_000;

    private final TenantAuthority tenant = TenantAuthority.create("bench", InstantSource.system());
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final WireStack sender = stack("sender");
    private final WireStack receiver = stack("receiver");
    private final InProcessPort source = port(sender);
    private final InProcessPort target = port(receiver);
    private final AtomicLong received = new AtomicLong();
    private final byte[] frame;
    private final boolean plain;
    private long sent;
    private volatile boolean over;

    private StackThroughput(int frameLength, boolean plain) {
        this.frame = new byte[frameLength];
        this.plain = plain;
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        System.out.println("frame bytes, way, datagram bytes, Gb/s, "
                + "Gb a CPU second of sender and receiver, bytes each allocated for 1400 of frames");
        new StackThroughput(65_012, false).measure(seconds);
        new StackThroughput(65_012, true).measure(seconds);
        new StackThroughput(1_526, false).measure(seconds);
        new StackThroughput(1_526, true).measure(seconds);
    }

    private void measure(int seconds) throws Exception {
        connect(sender, Side.A, receiver);
        connect(receiver, Side.B, sender);
        while (!agreed(sender, Side.A) || !agreed(receiver, Side.B)) {
            Thread.sleep(10);
        }
        receiver.loop()
                .execute(() ->
                        target.attachComponent((bytes, offset, length) -> received.lazySet(received.get() + length)));
        sender.loop().execute(this::sendSome);
        Thread.sleep(WARM_UP_MILLIS);
        Reading before = read();
        Thread.sleep(seconds * 1_000L);
        Reading after = read();
        over = true;
        report(before, after);
        sender.close();
        receiver.close();
    }

    private void sendSome() {
        if (over) {
            return;
        }
        int now = 0;
        while (now < BYTES_PER_TASK && sent - received.get() < WINDOW_BYTES) {
            source.send(frame, 0, frame.length);
            sent += frame.length;
            now += frame.length;
        }
        if (now == 0) {
            // Back soon instead of at once: tasks that queue themselves keep the loop from its sockets.
            sender.loop().schedule(Duration.ofNanos(50_000), this::sendSome);
        } else {
            sender.loop().execute(this::sendSome);
        }
    }

    private record Reading(long nanos, long bytes, long[] cpuNanos, long[] allocated) {}

    private Reading read() {
        long[] ids = {threadId(sender), threadId(receiver)};
        return new Reading(
                System.nanoTime(),
                received.get(),
                new long[] {threads.getThreadCpuTime(ids[0]), threads.getThreadCpuTime(ids[1])},
                new long[] {threads.getThreadAllocatedBytes(ids[0]), threads.getThreadAllocatedBytes(ids[1])});
    }

    private void report(Reading before, Reading after) {
        double bits = (after.bytes - before.bytes) * 8.0;
        double pieces = Math.max(1, (after.bytes - before.bytes) / 1400.0);
        System.out.printf(
                "%6d %s %5d %6.2f   %6.2f %6.2f   %5.0f %5.0f%n",
                frame.length,
                plain ? "plain " : "sealed",
                WireStack.await(sender.associations()).getFirst().pathMtu(),
                bits / (after.nanos - before.nanos),
                bits / (after.cpuNanos[0] - before.cpuNanos[0]),
                bits / (after.cpuNanos[1] - before.cpuNanos[1]),
                (after.allocated[0] - before.allocated[0]) / pieces,
                (after.allocated[1] - before.allocated[1]) / pieces);
    }

    private WireStack stack(String name) {
        return WireStack.start(
                new StackConfig(
                        tenant.issue(name),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AssociationLimits.DEFAULT),
                event -> {});
    }

    private static InProcessPort port(WireStack stack) {
        InProcessPort port = new InProcessPort(new PortId(ENDPOINT), stack.loop(), 1500);
        WireStack.await(stack.addPort(ENDPOINT, port, Activation.BY_COMMAND));
        return port;
    }

    private void connect(WireStack from, Side side, WireStack to) {
        PeerDescription peer = new PeerDescription(to.identity(), FIRST, List.of("127.0.0.1:" + to.port()), false);
        WireStack.await(from.connect(new ConnectRequest(
                WIRE,
                side,
                FIRST,
                ENDPOINT,
                peer,
                new ConnectOptions(Role.ACTIVE, plain),
                Optional.empty(),
                Optional.empty())));
    }

    private static boolean agreed(WireStack stack, Side side) {
        return WireStack.await(stack.side(WIRE, side))
                .filter(SideStatus::agreed)
                .isPresent();
    }

    private static long threadId(WireStack stack) {
        return WireStack.await(stack.inOneStep(engine -> Thread.currentThread().threadId()));
    }
}
