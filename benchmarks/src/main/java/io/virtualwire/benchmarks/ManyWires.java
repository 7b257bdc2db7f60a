package io.virtualwire.benchmarks;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Plugs thousands of wires into one connector and says how long each verb took; the far ends are in this process.
 *
 * <pre>
 *   connector: TAP m1, m2, … ══ a wire each ══ here: a port each            {@code benchmarks/scale.sh} starts both
 * </pre>
 *
 * <p>Is told what to do line by line, and answers each with a line of JSON: {@code grow N} until there are so many wires,
 * {@code list}, {@code mark} and later {@code again} for how long it took until all have agreed once more, {@code shrink N}.
 */
public final class ManyWires implements AutoCloseable {
    private static final Generation FIRST = new Generation(1, "");
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    private final Identity connector;
    private final String connectorPath;
    private final ConnectorClient client;
    private final String here;
    private final WireStack far;
    private final AtomicInteger agreed = new AtomicInteger();
    private long markedAt;
    private int wires;

    private ManyWires(Credentials me, Credentials self, Identity connector, String connectorHost, String here) {
        this.connector = connector;
        this.connectorPath = connectorHost + ":7471";
        this.here = here;
        this.client =
                new ConnectorClient(new TlsContexts(me), new HostAddress(connectorHost, 7472), Optional.of(connector));
        this.far = WireStack.start(
                new StackConfig(self, new InetSocketAddress(here, 0), AssociationLimits.DEFAULT), event -> {
                    if (event instanceof SideEvent.Agreed) {
                        agreed.incrementAndGet();
                    }
                });
    }

    /** {@code ME.wire FAR.wire CONNECTOR'S-NAME CONNECTOR'S-ADDRESS OWN-ADDRESS}. */
    public static void main(String[] arguments) throws Exception {
        // The log goes to standard output, which is for answers here.
        PrintStream answers = System.out;
        System.setOut(System.err);
        Credentials me = Credentials.load(Path.of(arguments[0]));
        Credentials self = Credentials.load(Path.of(arguments[1]));
        Identity connector = new Identity(me.identity().tenant(), arguments[2]);
        try (ManyWires many = new ManyWires(me, self, connector, arguments[3], arguments[4]);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            answers.println("{\"ready\": true}");
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.strip().split(" ");
                answers.println(many.obey(words[0], words.length > 1 ? Integer.parseInt(words[1]) : 0));
            }
        }
    }

    private String obey(String command, int number) throws InterruptedException {
        return switch (command) {
            case "grow" -> grow(number);
            case "shrink" -> shrink(number);
            case "list" -> list();
            case "mark" -> {
                agreed.set(0);
                markedAt = System.nanoTime();
                yield "{\"marked\": " + wires + "}";
            }
            case "again" -> {
                awaitAgreed(wires);
                yield json("\"agreedAgainMillis\": %.0f", (System.nanoTime() - markedAt) / 1e6);
            }
            default -> "{\"error\": \"grow, shrink, list, mark or again\"}";
        };
    }

    private String grow(int wanted) throws InterruptedException {
        int more = wanted - wires;
        long[] endpoints = new long[more];
        long[] connects = new long[more];
        agreed.set(0);
        long begun = System.nanoTime();
        for (int i = 0; i < more; i++) {
            String name = "m" + wires;
            WireId wire = WireId.named("scale-" + wires);
            far.connect(request(wire, Side.B, name, connector, List.of(connectorPath)));
            WireStack.await(
                    far.addPort(name, new InProcessPort(new PortId(name), far.loop(), 1500), Activation.BY_COMMAND));
            long first = System.nanoTime();
            client.putEndpoint(EndpointDescription.named(name));
            long second = System.nanoTime();
            client.connect(request(wire, Side.A, name, far.identity(), List.of(here + ":" + far.port())));
            endpoints[i] = second - first;
            connects[i] = System.nanoTime() - second;
            wires++;
        }
        long made = System.nanoTime();
        awaitAgreed(more);
        long all = System.nanoTime();
        Arrays.sort(endpoints);
        Arrays.sort(connects);
        return json(
                "\"made\": %d, \"seconds\": %.2f, \"agreedMillisAfter\": %.0f, \"endpointMillisP50\": %.2f,"
                        + " \"endpointMillisP99\": %.2f, \"connectMillisP50\": %.3f, \"connectMillisP99\": %.3f",
                more,
                (made - begun) / 1e9,
                (all - made) / 1e6,
                percentile(endpoints, 50),
                percentile(endpoints, 99),
                percentile(connects, 50),
                percentile(connects, 99));
    }

    private String shrink(int wanted) {
        int fewer = wires - wanted;
        long[] disconnects = new long[fewer];
        long begun = System.nanoTime();
        for (int i = 0; i < fewer; i++) {
            wires--;
            String name = "m" + wires;
            WireId wire = WireId.named("scale-" + wires);
            long first = System.nanoTime();
            client.disconnect(wire, Side.A, FIRST);
            disconnects[i] = System.nanoTime() - first;
            client.removeEndpoint(name, false);
            WireStack.await(far.disconnect(wire, Side.B, FIRST));
            WireStack.await(far.removePort(name));
        }
        long end = System.nanoTime();
        Arrays.sort(disconnects);
        return json(
                "\"gone\": %d, \"seconds\": %.2f, \"disconnectMillisP50\": %.3f, \"disconnectMillisP99\": %.3f",
                fewer, (end - begun) / 1e9, percentile(disconnects, 50), percentile(disconnects, 99));
    }

    private String list() {
        long begun = System.nanoTime();
        int listed = client.wires().size();
        return json("\"listed\": %d, \"listMillis\": %.1f", listed, (System.nanoTime() - begun) / 1e6);
    }

    private String json(String format, Object... values) {
        return "{\"wires\": " + wires + ", " + String.format(Locale.ROOT, format, values) + "}";
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) * percent / 100] / 1e6;
    }

    private void awaitAgreed(int count) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (agreed.get() < count) {
            if (System.nanoTime() > end) {
                long there = WireStack.await(far.sides()).stream()
                        .filter(SideStatus::agreed)
                        .count();
                throw new IllegalStateException("only " + there + " of " + wires + " wires have agreed");
            }
            Thread.sleep(1);
        }
    }

    private static ConnectRequest request(WireId wire, Side side, String endpoint, Identity peer, List<String> paths) {
        return new ConnectRequest(
                wire,
                side,
                FIRST,
                endpoint,
                new PeerDescription(peer, FIRST, paths, false),
                new ConnectOptions(Role.ACTIVE, false),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void close() {
        client.close();
        far.close();
    }
}
