package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire show}. */
@Command(name = "show", description = "Show both sides of a wire: peers, counters, and what was dropped and why.")
public final class ShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "WIRE", description = "Its id, the beginning of it, or one of its ends as ENDPOINT@HOST.")
    private String wire = "";

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        WireFinder finder = new WireFinder(
                person, wire.contains("@") ? EndpointRef.parse(wire).host() : "");
        List<WireFinder.Found> sides = finder.named(wire);
        finder.silent().forEach((name, why) -> output.warn("this lacks what is on " + name, why));
        if (sides.isEmpty()) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "no host that answered knows a wire '" + wire + "'", "'wire ls' lists them");
        }
        output.print(
                sides,
                out -> sides.forEach(side -> {
                    print(out, side);
                    around(out, side);
                }));
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, WireFinder.Found side) {
        WireStatus status = side.status();
        out.println("wire " + status.wire() + ", side " + status.side() + ": " + status.endpoint() + "@" + side.host());
        out.println("  generation " + status.generation() + ", " + status.state());
        status.activation()
                .ifPresent(it -> out.println("  made active by " + it.by().replace('_', ' ')
                        + it.heardMillis()
                                .map(millis -> ", heard after " + millis + " ms")
                                .orElse(", not heard yet")
                        + it.firstFrameMillis()
                                .map(millis -> ", first frame in after " + millis + " ms")
                                .orElse("")));
        status.backend()
                .ifPresent(it ->
                        out.println("  carried by " + (it.carrier().equals("kernel") ? "the kernel" : "the connector")
                                + ", asked for " + it.asked()
                                + (it.reason().isEmpty() ? "" : ": " + it.reason())));
        Table peers =
                new Table("  PEER", "GENERATION", "STATE", "AGREED", "PATH", "PAYLOAD", "SENT", "RECEIVED", "HELD");
        status.peers()
                .forEach(peer -> peers.row(
                        "  " + peer.identity(),
                        peer.generation(),
                        peer.state(),
                        peer.agreed() ? "yes" : "no",
                        peer.pathUp() ? "up" : "down " + peer.paths(),
                        (peer.plain() ? "plain " : "sealed ") + peer.payloadBudget(),
                        peer.sentFrames(),
                        peer.receivedFrames(),
                        peer.heldFrames()));
        peers.print(out);
        counts(out, "counters", status.counters());
        counts(out, "dropped", status.drops());
    }

    /** What lies on either side of it: the endpoint's device, and the way to the peers. */
    private void around(PrintWriter out, WireFinder.Found side) {
        try (ConnectorClient connector = person.connector(side.host())) {
            for (EndpointStatus endpoint : connector.endpoints()) {
                if (endpoint.name().equals(side.status().endpoint())) {
                    out.println("  device " + endpoint.endpoint().device()
                            + endpoint.endpoint()
                                    .namespace()
                                    .map(it -> " in namespace " + it)
                                    .orElse("")
                            + ", mtu " + endpoint.endpoint().mtu()
                            + (endpoint.up()
                                    ? ", up"
                                    : ", down: " + endpoint.problem().orElse("")));
                    counts(out, "  counters", endpoint.counters());
                    counts(out, "  dropped", endpoint.drops());
                }
            }
            for (AssociationStatus path : connector.associations()) {
                if (side.status().peers().stream()
                        .anyMatch(peer -> peer.identity().equals(path.peer()))) {
                    out.println("  path to " + path.peer() + " at "
                            + path.address().orElse("no address")
                            + path.way().map(way -> ", " + way).orElse("") + ", "
                            + path.cipher().orElse("no session") + ", datagrams of " + path.datagramBytes() + " bytes"
                            + path.roundTripMicros()
                                    .map(micros -> ", round trip " + micros / 1000.0 + " ms")
                                    .orElse(""));
                    counts(out, "  counters", path.counters());
                    counts(out, "  dropped", path.drops());
                }
            }
        } catch (WireException e) {
            out.println("  device and path are not known: " + e.getMessage());
        }
    }

    private static void counts(PrintWriter out, String what, Map<String, Long> counts) {
        StringBuilder line = new StringBuilder("  ").append(what).append(':');
        new TreeMap<>(counts)
                .forEach((name, count) ->
                        line.append(' ').append(name).append('=').append(count));
        out.println(counts.isEmpty() ? line.append(" nothing") : line);
    }
}
