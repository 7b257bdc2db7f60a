package io.virtualwire.benchmarks;

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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * One owner thread against two, in turn: one saturated wire, two, and the round trip of small frames on a wire beside a saturated
 * one. Prints the medians and their ratios.
 *
 * <pre>
 *   sender ══ wire 0, wire 1 ══ receiver         both in this process, on the loopback interface
 * </pre>
 *
 * <p>Each flow keeps a thread of the sender and one of the receiver busy, so two flows are faster than one only where there are four
 * processors; with fewer, look at the round trips.
 */
public final class OwnerThreads {
    private static final Generation FIRST = new Generation(1, "");
    private static final int SUPER_FRAME = 65_012;
    private static final int SMALL_FRAME = 100;
    private static final int MARK = 40;
    private static final int WINDOW_BYTES = 2 << 20;
    private static final int BYTES_PER_TASK = 1 << 17;
    private static final Duration PAUSE = Duration.ofNanos(50_000);
    private static final Duration PING = Duration.ofMillis(2);

    private final TenantAuthority tenant = TenantAuthority.create("bench", InstantSource.system());
    private final int millis;

    private OwnerThreads(int millis) {
        this.millis = millis;
    }

    public static void main(String[] arguments) throws Exception {
        int millis = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        new OwnerThreads(millis).run(rounds).forEach((name, value) -> System.out.println(name + " " + value));
    }

    private Map<String, Object> run(int rounds) throws Exception {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            for (int threads : new int[] {1, 2}) {
                Map<String, Double> measured = round(threads);
                if (round >= 0) {
                    measured.forEach((name, value) -> figures.computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(value));
                }
            }
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("processors", Runtime.getRuntime().availableProcessors());
        result.put("java", Runtime.version().toString());
        result.put("rounds", rounds);
        result.put("millis", millis);
        figures.forEach((name, values) -> result.put(name, median(values)));
        for (String what :
                List.of("oneFlowGbps", "twoFlowsGbps", "idleRttMicros", "besideRttMicros", "besideRttP99Micros")) {
            result.put(what + "Ratio", median(measured(figures, what + "2")) / median(measured(figures, what + "1")));
        }
        return result;
    }

    private static List<Double> measured(Map<String, List<Double>> figures, String name) {
        return Objects.requireNonNull(figures.get(name), name);
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(it -> it).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private Map<String, Double> round(int threads) throws Exception {
        WireStack sender = stack("sender", threads);
        WireStack receiver = stack("receiver", threads);
        try {
            List<WireId> wires = wiresOnDifferentThreads(sender);
            List<Flow> flows = new ArrayList<>();
            for (WireId wire : wires) {
                flows.add(new Flow(wire, sender, receiver));
            }
            Map<String, Double> measured = new LinkedHashMap<>();
            double[] idle = flows.get(1).ping(millis / 2);
            measured.put("idleRttMicros" + threads, idle[0]);
            measured.put("oneFlowGbps" + threads, gigabits(flows.subList(0, 1)));
            flows.getFirst().begin();
            Thread.sleep(millis / 4);
            double[] beside = flows.get(1).ping(millis);
            flows.getFirst().end();
            measured.put("besideRttMicros" + threads, beside[0]);
            measured.put("besideRttP99Micros" + threads, beside[1]);
            measured.put("twoFlowsGbps" + threads, gigabits(flows));
            return measured;
        } finally {
            sender.close();
            receiver.close();
        }
    }

    private double gigabits(List<Flow> flows) throws InterruptedException {
        flows.forEach(Flow::begin);
        Thread.sleep(millis / 2);
        long before = flows.stream().mapToLong(Flow::received).sum();
        long begun = System.nanoTime();
        Thread.sleep(millis);
        long after = flows.stream().mapToLong(Flow::received).sum();
        long ended = System.nanoTime();
        flows.forEach(Flow::end);
        Thread.sleep(100);
        return (after - before) * 8.0 / (ended - begun);
    }

    private static List<WireId> wiresOnDifferentThreads(WireStack stack) {
        WireId first = WireId.named("bench-0");
        WireId second = IntStream.range(1, 1_000)
                .mapToObj(number -> WireId.named("bench-" + number))
                .filter(wire -> stack.threads() == 1 || stack.loop(wire) != stack.loop(first))
                .findFirst()
                .orElseThrow();
        return List.of(first, second);
    }

    /** What goes over one wire. */
    private static final class Flow {
        private final WireStack sender;
        private final WireStack receiver;
        private final WireId wire;
        private final InProcessPort source;
        private final InProcessPort target;
        private final AtomicLong received = new AtomicLong();
        private final byte[] frame = new byte[SUPER_FRAME];
        private final byte[] small = new byte[SMALL_FRAME];
        private final byte[] echo = new byte[SMALL_FRAME];
        private final long[] times = new long[1 << 16];
        private long sent;
        private volatile int answers;
        private volatile boolean over = true;

        Flow(WireId wire, WireStack sender, WireStack receiver) throws InterruptedException {
            this.wire = wire;
            this.sender = sender;
            this.receiver = receiver;
            this.source = port(sender);
            this.target = port(receiver);
            connect(sender, Side.A, receiver);
            connect(receiver, Side.B, sender);
            while (!agreed(sender, Side.A) || !agreed(receiver, Side.B)) {
                Thread.sleep(10);
            }
            WireStack.await(receiver.inOneStep(wire, _ -> {
                target.attachComponent(this::arrived);
                return true;
            }));
            WireStack.await(sender.inOneStep(wire, _ -> {
                source.attachComponent(this::answered);
                return true;
            }));
        }

        private void arrived(byte[] bytes, int offset, int length) {
            if (length == SMALL_FRAME) {
                System.arraycopy(bytes, offset, echo, 0, length);
                target.send(echo, 0, length);
            } else {
                received.lazySet(received.get() + length);
            }
        }

        private void answered(byte[] bytes, int offset, int length) {
            if (length == SMALL_FRAME && answers < times.length) {
                times[answers] = System.nanoTime() - ByteBuffer.wrap(bytes).getLong(offset + MARK);
                answers++;
            }
        }

        long received() {
            return received.get();
        }

        void begin() {
            over = false;
            sender.loop(wire).execute(this::sendSome);
        }

        void end() {
            over = true;
        }

        private void sendSome() {
            if (over) {
                sent = received.get();
                return;
            }
            int now = 0;
            while (now < BYTES_PER_TASK && sent - received.get() < WINDOW_BYTES) {
                source.send(frame, 0, frame.length);
                sent += frame.length;
                now += frame.length;
            }
            if (now == 0) {
                sender.loop(wire).schedule(PAUSE, this::sendSome);
            } else {
                sender.loop(wire).execute(this::sendSome);
            }
        }

        /** Median and 99th percentile of round trips, in microseconds. */
        double[] ping(int forMillis) throws InterruptedException {
            answers = 0;
            long end = System.nanoTime() + forMillis * 1_000_000L;
            while (System.nanoTime() < end) {
                long begun = System.nanoTime();
                sender.loop(wire).execute(() -> {
                    ByteBuffer.wrap(small).putLong(MARK, begun);
                    source.send(small, 0, SMALL_FRAME);
                });
                Thread.sleep(PING);
            }
            long[] sorted = Arrays.copyOf(times, Math.max(1, answers));
            Arrays.sort(sorted);
            return new double[] {sorted[sorted.length / 2] / 1e3, sorted[sorted.length * 99 / 100] / 1e3};
        }

        private InProcessPort port(WireStack stack) {
            InProcessPort port = new InProcessPort(new PortId(wire.toString()), stack.loop(), 1500);
            WireStack.await(stack.addPort(wire.toString(), port, Activation.BY_COMMAND));
            return port;
        }

        private void connect(WireStack from, Side side, WireStack to) {
            PeerDescription peer = new PeerDescription(to.identity(), FIRST, List.of("127.0.0.1:" + to.port()), false);
            WireStack.await(from.connect(new ConnectRequest(
                    wire,
                    side,
                    FIRST,
                    wire.toString(),
                    peer,
                    new ConnectOptions(Role.ACTIVE, false),
                    Optional.empty(),
                    Optional.empty())));
        }

        private boolean agreed(WireStack stack, Side side) {
            return WireStack.await(stack.side(wire, side))
                    .filter(SideStatus::agreed)
                    .isPresent();
        }
    }

    private WireStack stack(String name, int threads) {
        return WireStack.start(
                new StackConfig(
                                tenant.issue(name),
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                AssociationLimits.DEFAULT)
                        .with(threads),
                event -> {});
    }
}
