package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.ComponentView;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.NodeView;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire switch …}. */
@Command(name = "switch", description = "The switches of your fabric.")
public final class SwitchCommand {

    @Command(name = "show", description = "Show a switch: where it runs, its ports, what it has learned.")
    int show(
            @Parameters(paramLabel = "NAME", description = "The switch, as the topology calls it.") String name,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        ComponentView view = node.ask(person, client -> client.component(name));
        output.print(view, out -> print(out, view));
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List the switches and the nodes that hold them.")
    int list(@Mixin NodeOption node, @Mixin Person person, @Mixin Output output) {
        NodeView view = node.ask(person, NodeClient::view);
        output.print(view, out -> {
            Table table = new Table("SWITCH", "NODE", "GENERATION", "WIRES", "MOVING TO");
            view.components()
                    .forEach(it ->
                            table.row(it.name(), dash(it.node()), it.generation(), it.wires(), dash(it.movingTo())));
            table.print(out);
            out.println(
                    "nodes present: " + String.join(", ", view.present()) + " of " + String.join(", ", view.nodes()));
        });
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, ComponentView view) {
        out.println(
                view.kind() + " " + view.name() + " on node " + dash(view.node()) + ", generation " + view.generation()
                        + (view.state().isEmpty() ? "" : ", " + view.state())
                        + (view.movingTo().isEmpty() ? "" : ", moving to " + view.movingTo()));
        Table ports = new Table(
                "  PORT", "ENDPOINT", "CONNECTED", "VLANS", "IN", "BYTES", "OUT", "BYTES", "FILTERED", "DROPS");
        view.ports()
                .forEach(port -> ports.row(
                        "  " + port.name(),
                        port.endpoint(),
                        connected(port),
                        port.vlans().isEmpty() ? "-" : port.vlans(),
                        port.toComponent(),
                        port.bytesToComponent(),
                        port.fromComponent(),
                        port.bytesFromComponent(),
                        counts(filtered(port)),
                        counts(port.drops())));
        ports.print(out);
        Table addresses = new Table("  ADDRESS", "VLAN", "PORT", "AGE", "MOVES");
        view.addresses()
                .forEach(seen -> addresses.row(
                        "  " + seen.mac(),
                        dash(seen.vlan()),
                        seen.port(),
                        seen.fixed() ? "static" : seen.ageMillis() / 1000 + " s",
                        seen.moves()));
        addresses.print(out);
        out.println("  " + counts(view.counters()));
    }

    private static String connected(ComponentView.Port port) {
        String connected = port.connected() ? "yes" : "no: " + port.detail();
        return port.blockedFor().isEmpty()
                ? connected
                : connected + ", blocked: leads where " + port.blockedFor() + " leads";
    }

    private static Map<String, Long> filtered(ComponentView.Port port) {
        Map<String, Long> counts = new TreeMap<>(port.filtered());
        counts.put("misplaced_source", port.misplacedSources());
        return counts;
    }

    private static String counts(Map<String, Long> counts) {
        StringBuilder line = new StringBuilder();
        new TreeMap<>(counts).forEach((name, count) -> {
            if (count != 0) {
                line.append(line.isEmpty() ? "" : " ").append(name).append('=').append(count);
            }
        });
        return line.isEmpty() ? "-" : line.toString();
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String dash(int number) {
        return number == 0 ? "-" : Integer.toString(number);
    }
}
