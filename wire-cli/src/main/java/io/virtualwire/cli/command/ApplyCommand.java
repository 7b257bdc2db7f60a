package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.ComponentView;
import io.virtualwire.time.Ticker;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire apply}. */
@Command(
        name = "apply",
        description = "Make the network of a topology file the one that is wanted; the nodes then see to it.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire apply -f topology.yaml --node 192.0.2.10", "  wire apply -f topology.yaml --wait 60"})
public final class ApplyCommand implements Callable<Integer> {
    @Mixin
    private TopologyOption file = new TopologyOption();

    @Option(
            names = "--expect-version",
            paramLabel = "N",
            description = "Refuse if the fabric is not at this version; without it, whatever is there is replaced.")
    private @Nullable Long expected;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "Wait until every wire is connected; end with status 1 if that takes longer.")
    private @Nullable Integer patience;

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        String yaml = file.text();
        OptionalLong version = expected == null ? OptionalLong.empty() : OptionalLong.of(expected);
        AppliedTopology applied = node.ask(person, client -> client.apply(file.origin(), yaml, version));
        output.print(applied, out -> print(out, applied));
        if (patience != null) {
            new Connectedness(Ticker.system(), output::progress)
                    .await(file.read(), Duration.ofSeconds(patience), this::look);
        }
        return ExitCode.OK;
    }

    private ComponentView look(String component) {
        return node.ask(person, client -> client.component(component));
    }

    private static void print(PrintWriter out, AppliedTopology applied) {
        applied.added().forEach(wire -> out.println("+ " + wire));
        applied.removed().forEach(wire -> out.println("- " + wire));
        out.println("version " + applied.version() + ": " + applied.added().size() + " wires added, "
                + applied.removed().size() + " removed, " + applied.unchanged() + " unchanged");
    }
}
