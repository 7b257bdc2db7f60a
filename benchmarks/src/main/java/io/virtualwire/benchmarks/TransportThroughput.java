package io.virtualwire.benchmarks;

import com.sun.management.ThreadMXBean;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.SendOutcome;
import io.virtualwire.transport.UdpTransport;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * How many bytes a second go through {@code UdpTransport} over the loopback interface, from one loop to another, and how
 * much each loop allocates meanwhile.
 *
 * <pre>
 * mvn -q -pl benchmarks -am -Pquick package
 * java --enable-native-access=ALL-UNNAMED -cp "$(benchmarks class path)" io.virtualwire.benchmarks.TransportThroughput [seconds]
 * </pre>
 *
 * <p>One thread sends all the time and one receives. On a machine that does other things too, look at the figures for a second
 * of each thread's own CPU time: they hardly depend on what else runs.
 */
public final class TransportThroughput {
    private static final int RUNS_PER_TASK = 16;
    private static final int WARM_UP_MILLIS = 3_000;

    private final DatapathLoop sending = DatapathLoop.start("bench-send");
    private final DatapathLoop receiving = DatapathLoop.start("bench-receive");
    private final InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private final UdpTransport sender = UdpTransport.open(sending, NetworkNamespace.own(), loopback);
    private final UdpTransport receiver = UdpTransport.open(receiving, NetworkNamespace.own(), loopback);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final byte[] run;
    private final int segmentSize;
    private long congested;

    private TransportThroughput(int segments, int segmentSize) {
        this.run = new byte[segments * segmentSize];
        this.segmentSize = segmentSize;
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        System.out.println(
                "datagram bytes, datagrams a run, Gb/s received, Gb a CPU second of sender and receiver, bytes allocated a run");
        new TransportThroughput(43, 1472).measure(seconds);
        new TransportThroughput(1, 1472).measure(seconds);
        new TransportThroughput(1, 100).measure(seconds);
    }

    private void measure(int seconds) throws Exception {
        receiving.execute(() -> receiver.attach((bytes, offset, length, size, source) -> {}));
        sending.execute(this::sendSome);
        Thread.sleep(WARM_UP_MILLIS);
        Reading before = read();
        Thread.sleep(seconds * 1_000L);
        Reading after = read();
        double nanos = after.nanos - before.nanos;
        long runsSent = after.runsSent - before.runsSent;
        long runsReceived = after.runsReceived - before.runsReceived;
        System.out.printf(
                "%d, %d, %.1f, %.1f and %.1f, %.2f and %.2f%n",
                segmentSize,
                run.length / segmentSize,
                (after.received - before.received) * 8 / nanos,
                (after.sent - before.sent) * 8.0 / (after.sendCpu - before.sendCpu),
                (after.received - before.received) * 8.0 / (after.receiveCpu - before.receiveCpu),
                (after.sendAllocated - before.sendAllocated) / (double) runsSent,
                (after.receiveAllocated - before.receiveAllocated) / (double) runsReceived);
        on(sending, () -> {
            sender.close();
            return 0L;
        });
        on(receiving, () -> {
            receiver.close();
            return 0L;
        });
        sending.close();
        receiving.close();
    }

    private void sendSome() {
        for (int i = 0; i < RUNS_PER_TASK; i++) {
            SendOutcome outcome = sender.send(receiver.localAddress(), run, 0, run.length, segmentSize);
            if (outcome == SendOutcome.CLOSED) {
                return;
            }
            congested += outcome == SendOutcome.SENT ? 0 : 1;
        }
        sending.eventLoop().execute(this::sendSome);
    }

    private Reading read() throws Exception {
        return new Reading(
                System.nanoTime(),
                sender.counters().bytesSent(),
                sender.counters().runsSent(),
                receiver.counters().bytesReceived(),
                receiver.counters().runsReceived(),
                on(sending, threads::getCurrentThreadCpuTime),
                on(receiving, threads::getCurrentThreadCpuTime),
                on(sending, threads::getCurrentThreadAllocatedBytes),
                on(receiving, threads::getCurrentThreadAllocatedBytes));
    }

    private static long on(DatapathLoop loop, LongSupplier work) throws Exception {
        CompletableFuture<Long> result = new CompletableFuture<>();
        loop.execute(() -> result.complete(work.getAsLong()));
        return result.get();
    }

    private record Reading(
            long nanos,
            long sent,
            long runsSent,
            long received,
            long runsReceived,
            long sendCpu,
            long receiveCpu,
            long sendAllocated,
            long receiveAllocated) {}
}
