package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.ComponentView;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.NodeView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.SwitchSpec;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.WireSpec;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire switch …}. */
@Command(name = "switch", description = "The switches of your fabric.")
public final class SwitchCommand {

    @Command(
            name = "create",
            description = "Add a switch to the network that is wanted; succeeds if it is there already.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire switch create lan --on west"})
    int create(
            @Parameters(paramLabel = "NAME", description = "How the switch is to be called.") String name,
            @Option(names = "--on", required = true, paramLabel = "NODE", description = "The node where it starts.")
                    String start,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        Optional<AppliedTopology> applied = node.ask(person, client -> {
            List<String> nodes = client.view().nodes();
            if (!nodes.contains(start)) {
                throw new WireException(
                        ErrorCode.NOT_FOUND,
                        "cannot start switch " + name + " on " + start + ": there is no such node",
                        "nodes are: " + String.join(", ", nodes));
            }
            return new FabricEdit(client)
                    .apply(now -> now.switches().containsKey(name)
                            ? now
                            : now.withSwitch(name, new SwitchSpec(start, Map.of(), List.of())));
        });
        print(
                output,
                applied,
                "switch " + name + " is wanted on node " + start,
                "there is a switch " + name + " already");
        return ExitCode.OK;
    }

    @Command(name = "rm", description = "Remove a switch from the network that is wanted; succeeds if there is none.")
    int remove(
            @Parameters(paramLabel = "NAME", description = "The switch.") String name,
            @Option(names = "--force", description = "Remove the wires at its ports, too.") boolean force,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        Optional<AppliedTopology> applied = node.ask(
                person,
                client -> new FabricEdit(client).apply(now -> {
                    List<String> plugged = now.wires().stream()
                            .filter(wire -> wire.component().equals(name))
                            .map(WireSpec::name)
                            .toList();
                    if (!plugged.isEmpty() && !force) {
                        throw new WireException(
                                ErrorCode.IN_USE,
                                "cannot remove switch " + name + ": there are wires at " + String.join(", ", plugged),
                                "unplug them first, or use --force to do both");
                    }
                    return now.withoutSwitch(name);
                }));
        print(output, applied, "switch " + name + " is gone", "there is no switch " + name);
        return ExitCode.OK;
    }

    @Command(
            name = "plug",
            description = "Wire a port of a switch to a host's endpoint, which is made if it is not there.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire switch plug lan/web web@hosta", "  wire switch plug lan/web web1"})
    int plug(
            @Parameters(paramLabel = "SWITCH/PORT", description = "The port; it need not have been named before.")
                    String where,
            @Parameters(
                            paramLabel = "ENDPOINT[@HOST]",
                            description =
                                    "The other end; a virtual machine's is named without its host, which changes.")
                    String endpoint,
            @Option(names = "--plain", description = "Frames travel in the clear.") boolean plain,
            @Option(names = "--no-create", description = "Refuse if the endpoint is not there.") boolean present,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        PortRef port = PortRef.parse(where);
        WireSpec.EndpointRef ref = WireSpec.EndpointRef.parse(endpoint);
        Optional<HostSpec> host = ref.host().isEmpty()
                ? Optional.empty()
                : Optional.of(host(person, new EndpointRef(ref.name(), ref.host()), !present));
        WireSpec wire = new WireSpec(port.component(), port.port(), ref, plain);
        Optional<AppliedTopology> applied = node.ask(
                person,
                client -> new FabricEdit(client).apply(now -> {
                    Topology known = host.isEmpty() || now.hosts().containsKey(ref.host())
                            ? now
                            : now.withHost(ref.host(), host.get());
                    return known.wires().contains(wire) ? now : known.withWire(wire);
                }));
        print(output, applied, ref + " is plugged in at " + port, ref + " is plugged in at " + port + " already");
        return ExitCode.OK;
    }

    @Command(
            name = "unplug",
            description =
                    "Remove a port of a switch with its wire and what is set up for it; succeeds if there is none.")
    int unplug(
            @Parameters(paramLabel = "SWITCH/PORT", description = "The port.") String where,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        PortRef port = PortRef.parse(where);
        Optional<AppliedTopology> applied = node.ask(
                person, client -> new FabricEdit(client).apply(now -> now.withoutWire(port.component(), port.port())));
        print(output, applied, "nothing is plugged in at " + port + " any more", "there is no wire at " + port);
        return ExitCode.OK;
    }

    /** The host as its connector describes itself to whoever knows it by this address. */
    private static HostSpec host(Person person, EndpointRef ref, boolean create) {
        try (WireEnd end = new WireEnd(ref, person.connector(ref.host()))) {
            FabricHost host = new FabricHost(end);
            end.ensureEndpoint(create);
            return host.describe(person);
        }
    }

    private static void print(Output output, Optional<AppliedTopology> applied, String changed, String unchanged) {
        output.print(
                Map.of("changed", applied.isPresent(), "version", applied.map(AppliedTopology::version)),
                out -> out.println(applied.map(now -> changed + " (version " + now.version() + ")")
                        .orElse(unchanged)));
    }

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
            if (!view.draining().isEmpty()) {
                out.println("nodes that drain: " + String.join(", ", view.draining()));
            }
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
