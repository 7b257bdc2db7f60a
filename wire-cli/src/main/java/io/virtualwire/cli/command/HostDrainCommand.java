package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.DrainStatus;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.VmView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.HostSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire host drain}. */
@Command(
        name = "drain",
        description = {
            "Move everything away from a host, live: its virtual machines to other hosts, the switches of its node to other nodes."
                    + " It takes nothing new from then on, also after a restart.",
            "Ends with status 1 if something is left when the time is up. The same command goes on; --undo takes it back."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire host drain home-1", "  wire host drain home-1 --to west", "  wire host drain home-1 --undo"})
final class HostDrainCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(250);

    @Parameters(paramLabel = "NAME", description = "What you call it.")
    private String name;

    @Option(
            names = "--to",
            paramLabel = "HOST|CLOUD",
            description = "Where its virtual machines go; default: other hosts of its cloud, else of any.")
    private @Nullable String to;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = DurationText.class,
            description = "How long to wait until it is empty; default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofMinutes(10);

    @Option(names = "--undo", description = "Let it take things again.")
    private boolean undo;

    @Mixin
    private VmMigrationOptions how = new VmMigrationOptions();

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    private record Drained(String name, boolean draining, List<String> moved, List<DrainStatus.Remaining> remaining) {}

    @Override
    public Integer call() throws InterruptedException {
        try (ConnectorClient connector = person.connector(name)) {
            boolean fabric = !NodeOption.noted(person.home()).isEmpty();
            if (undo) {
                DrainStatus open = connector.cancelDrain();
                if (fabric) {
                    node.ask(person, this::undoNode);
                }
                output.print(
                        new Drained(name, false, List.of(), open.remaining()),
                        out -> out.println(name + " takes things again"));
                return ExitCode.OK;
            }
            connector.drain();
            List<String> moved = fabric ? node.ask(person, this::empty) : List.of();
            DrainStatus last = awaitEmpty(connector);
            output.print(
                    new Drained(name, true, moved, last.remaining()),
                    out -> out.println(name + " is empty and takes nothing new"
                            + (moved.isEmpty() ? "" : "; moved: " + String.join(", ", moved))));
            return ExitCode.OK;
        }
    }

    private boolean undoNode(NodeClient client) {
        if (client.view().nodes().contains(name)) {
            client.undoDrain(name);
        }
        return true;
    }

    /** Has everything moved that the fabric can move; what moved. */
    private List<String> empty(NodeClient client) {
        List<String> moved = new ArrayList<>();
        if (client.view().nodes().contains(name)) {
            output.progress("the switches of node " + name + " go to other nodes");
            moved.addAll(client.drain(name).components());
        }
        List<VmView> machines =
                client.vms().stream().filter(vm -> vm.host().equals(name)).toList();
        List<String> targets = machines.isEmpty() ? List.of() : targets(client);
        for (int next = 0; next < machines.size(); next++) {
            VmView vm = machines.get(next);
            String target = targets.get(next % targets.size());
            output.progress(vm.name() + " goes to " + target);
            new VmMigration(client, vm.name(), output).run(target, how);
            moved.add(vm.name());
        }
        return moved;
    }

    /** The hosts that machines may go to: those of the same cloud if there are any. */
    private List<String> targets(NodeClient client) {
        if (to != null) {
            return List.of(to);
        }
        Map<String, HostSpec> hosts = FabricEdit.read(client.topology()).hosts();
        HostSpec self = hosts.get(name);
        List<String> able = hosts.entrySet().stream()
                .filter(host -> !host.getKey().equals(name) && host.getValue().libvirt() != null)
                .map(Map.Entry::getKey)
                .toList();
        List<String> near = able.stream()
                .filter(host -> self != null
                        && self.cloud() != null
                        && Objects.equals(
                                self.cloud(),
                                Objects.requireNonNull(hosts.get(host)).cloud()))
                .toList();
        List<String> targets = near.isEmpty() ? able : near;
        if (targets.isEmpty()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot move the virtual machines of " + name + ": no other host has a hypervisor that nodes know",
                    "tell one with 'wire host add NAME ADDRESS --libvirt URI', or name a place with --to");
        }
        return targets;
    }

    private DrainStatus awaitEmpty(ConnectorClient connector) throws InterruptedException {
        Ticker ticker = Ticker.system();
        long deadline = ticker.nanoTime() + timeout.toNanos();
        String told = "";
        while (true) {
            DrainStatus status = connector.drainStatus();
            String left = Stream.concat(
                            status.remaining().stream().map(it -> it.kind() + " " + it.tenant() + "/" + it.name()),
                            leftOnNode().stream().map(it -> "switch " + it))
                    .collect(Collectors.joining(", "));
            if (left.isEmpty()) {
                return status;
            }
            if (ticker.nanoTime() >= deadline) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        name + " is not empty after " + timeout.toSeconds() + " s; still there: " + left,
                        "what no fabric knows cannot be moved: disconnect and remove it, or see 'wire connector drain --host "
                                + name + " --show'; it goes on to take nothing new");
            }
            if (!left.equals(told)) {
                told = left;
                output.progress("still there: " + left);
            }
            Thread.sleep(PAUSE);
        }
    }

    private List<String> leftOnNode() {
        if (NodeOption.noted(person.home()).isEmpty()) {
            return List.of();
        }
        return node.ask(
                person,
                client -> client.view().nodes().contains(name)
                        ? client.drainStatus(name).components()
                        : List.<String>of());
    }
}
