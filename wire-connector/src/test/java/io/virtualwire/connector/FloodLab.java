package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A TCP stream over a wire from a to b, and an attacker beside b.
 *
 * <pre>
 *   web ── connector a ═══ wire ═══ connector b ── db        x ── b's data port, or a UDP port of b that nobody reads
 * </pre>
 */
final class FloodLab implements AutoCloseable {
    static final int DATA_PORT = 7471;
    static final int UNREAD_PORT = 7999;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double WARM_UP_SECONDS = 1.5;
    private static final double TURN_SECONDS = 0.2;
    private static final String STREAM_PORT = "5201";

    private final ConnectorLab lab = new ConnectorLab();
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials a = acme.issue("host-a");
    private final Credentials b = acme.issue("host-b");
    private final Namespace attacker = lab.attacker();
    private final Path counter = lab.file("count");
    final RunningCommand connectorB;
    final ConnectorClient clientA;
    final ConnectorClient clientB;
    private final String index;

    FloodLab(List<String> jvmOptions) {
        Credentials me = acme.issue("me");
        lab.start(lab.hostA(), ADDRESS_A, a, "", jvmOptions);
        connectorB = lab.start(lab.hostB(), ADDRESS_B, b, "", jvmOptions);
        clientA = lab.client(lab.hostA(), ADDRESS_A, me);
        clientB = lab.client(lab.hostB(), ADDRESS_B, me);
        Awaitility.await("the interfaces answer")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(WireException.class)
                .until(() -> clientA.health().status().equals("ok")
                        && clientB.health().status().equals("ok"));
        clientA.putEndpoint(EndpointDescription.named("web"));
        clientB.putEndpoint(EndpointDescription.named("db"));
        lab.hostA().address("web", "10.1.0.1/24");
        lab.hostB().address("db", "10.1.0.2/24");
        clientA.connect(ConnectorLab.sideA(b, 1, 1));
        clientB.connect(ConnectorLab.sideB(a, 1, 1));
        ConnectorLab.awaitAgreed(clientA, clientB);
        lab.awaitPing(lab.hostA(), "10.1.0.2");
        index = spy();
        lab.hostB()
                .startJava(CountedStream.class, "sink", STREAM_PORT, counter.toString())
                .awaitLine("listens", PATIENCE);
        lab.hostB()
                .startJava(UnreadPort.class, ADDRESS_B, Integer.toString(UNREAD_PORT))
                .awaitLine("bound", PATIENCE);
        lab.hostA().startJava(CountedStream.class, "source", "10.1.0.2", STREAM_PORT);
        Awaitility.await("the stream flows").atMost(PATIENCE).until(() -> received() > 20 << 20);
    }

    private String spy() {
        RunningCommand spy = lab.hostB().startJava(Attacker.class, "spy", Integer.toString(DATA_PORT));
        spy.awaitLine("index -?\\d+", PATIENCE);
        return spy.output().strip().split(" ")[1];
    }

    /**
     * Floods b's data port and its unread port in turns; what the stream carried in the turns of each.
     *
     * <p>The unread port is there because the flood takes time of the same cores from everybody: from the guests, from both connectors,
     * and by its way through the kernel, which drops it only when that socket's queue is full. That much any machine loses; how much
     * more the connector loses, because the flood comes to it, is what is asked. In turns, because what else the machine does changes.
     */
    Turns flooded(double seconds) {
        RunningCommand flood = attack("mixed", seconds + WARM_UP_SECONDS);
        List<Turn> data = new ArrayList<>();
        List<Turn> unread = new ArrayList<>();
        pass(WARM_UP_SECONDS);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() - end < 0) {
            boolean other = Attacker.isOtherPortsTurn(System.nanoTime());
            await(() -> Attacker.isOtherPortsTurn(System.nanoTime()) != other);
            // What was sent in the turn before is still under way.
            pass(0.1);
            (other ? data : unread).add(turn());
        }
        flood.awaitLine("sent \\d+", PATIENCE);
        return new Turns(data, unread, sent(flood) / (seconds + WARM_UP_SECONDS));
    }

    /** Begins an attack. */
    RunningCommand attack(String kind, double seconds) {
        RunningCommand flood = attacker.startJava(
                Attacker.class,
                kind,
                ADDRESS_B,
                Integer.toString(DATA_PORT),
                Double.toString(seconds),
                index,
                Integer.toString(kind.equals("mixed") ? UNREAD_PORT : DATA_PORT));
        flood.awaitLine("begins", PATIENCE);
        return flood;
    }

    /** Sends b once more what a sent it, as it was and as if in the clear. */
    void replay() {
        lab.hostB()
                .startJava(Attacker.class, "replay", ADDRESS_B, Integer.toString(DATA_PORT), ADDRESS_A)
                .awaitLine("replayed", PATIENCE);
    }

    boolean pings() {
        return ConnectorLab.ping(lab.hostA(), "10.1.0.2");
    }

    static long sent(RunningCommand flood) {
        String output = flood.output();
        return Long.parseLong(output.substring(output.lastIndexOf(' ') + 1).strip());
    }

    private Turn turn() {
        long cpu = ownerThreadNanos();
        double rate = rate(TURN_SECONDS);
        return new Turn(rate, ownerThreadNanos() - cpu);
    }

    /** How long the owner thread of connector b has computed. */
    private long ownerThreadNanos() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(connectorB.pid()), "task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).startsWith("wire-host-b")) {
                    return Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ")[0]);
                }
            }
            throw new IllegalStateException("connector b has no owner thread");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the stream carries, in Mb/s. */
    double rate(double seconds) {
        long began = System.nanoTime();
        long before = received();
        pass(seconds);
        return (received() - before) * 8e3 / (System.nanoTime() - began);
    }

    private static void pass(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        await(() -> System.nanoTime() - end >= 0);
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(condition);
    }

    private long received() {
        try {
            byte[] bytes = Files.exists(counter) ? Files.readAllBytes(counter) : new byte[0];
            return bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Memory of connector b in MiB, as the kernel counts it. */
    int residentMegabytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(connectorB.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws Exception {
        lab.close();
    }

    /**
     * @param megabits a second, of the stream
     * @param cpuNanos of the owner thread meanwhile
     */
    record Turn(double megabits, long cpuNanos) {}

    /**
     * @param data turns in which the data port was flooded
     * @param unread turns in which the port was that nobody reads
     * @param packets of the flood, a second
     */
    record Turns(List<Turn> data, List<Turn> unread, double packets) {
        /**
         * The part of its throughput that the stream kept: the median over all pairs of turns that follow one another, so that what else
         * the machine does, which changes from second to second, is the same for both of a pair.
         */
        double kept() {
            int pairs = Math.min(data.size(), unread.size());
            return IntStream.range(0, pairs)
                    .mapToDouble(i ->
                            data.get(i).megabits() / Math.max(1, unread.get(i).megabits()))
                    .sorted()
                    .skip(pairs / 2)
                    .findFirst()
                    .orElse(0);
        }

        /** These and the later ones together. */
        Turns and(Turns later) {
            int pairs = Math.min(data.size(), unread.size());
            return new Turns(
                    Stream.concat(data.subList(0, pairs).stream(), later.data.stream())
                            .toList(),
                    Stream.concat(unread.subList(0, pairs).stream(), later.unread.stream())
                            .toList(),
                    Math.min(packets, later.packets));
        }

        /** The part that is left of what the owner thread carries in the same time of a core, whoever else wants the cores. */
        double efficiency() {
            return perNano(data) / perNano(unread);
        }

        private static double median(List<Turn> turns) {
            return turns.stream().map(Turn::megabits).sorted().toList().get(turns.size() / 2);
        }

        private static double perNano(List<Turn> turns) {
            return turns.stream().mapToDouble(Turn::megabits).sum()
                    / turns.stream().mapToLong(Turn::cpuNanos).sum();
        }

        @Override
        public String toString() {
            return "%.0f Mb/s against %.0f under %.0f packets/s in %d turns: %.2f; of the owner thread's efficiency %.2f"
                    .formatted(median(data), median(unread), packets, data.size(), kept(), efficiency());
        }
    }
}
