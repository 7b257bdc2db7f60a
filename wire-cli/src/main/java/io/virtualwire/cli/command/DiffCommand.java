package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyChange;
import io.virtualwire.topology.TopologyDifference;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire diff}. */
@Command(
        name = "diff",
        description = "Say what 'wire apply' of a topology file would change; changes nothing.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire diff -f topology.yaml"})
public final class DiffCommand implements Callable<Integer> {
    @Mixin
    private TopologyOption file = new TopologyOption();

    @Option(names = "--exit-code", description = "End with status 1 if anything differs.")
    private boolean telling;

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    private record Difference(long version, List<TopologyChange> changes) {}

    @Override
    public Integer call() {
        Topology wanted = file.read();
        WantedTopology now = node.ask(person, NodeClient::topology);
        Difference difference = new Difference(now.version(), TopologyDifference.between(FabricEdit.read(now), wanted));
        output.print(difference, out -> print(out, difference));
        return telling && !difference.changes().isEmpty() ? ExitCode.FAILED : ExitCode.OK;
    }

    private static void print(PrintWriter out, Difference difference) {
        difference.changes().forEach(change -> {
            out.println(sign(change.kind()) + " " + change.subject());
            change.fields().forEach(field -> out.println("    " + field.path() + ": " + values(field)));
        });
        if (difference.changes().isEmpty()) {
            out.println("nothing differs from version " + difference.version());
        }
    }

    private static String sign(TopologyChange.Kind kind) {
        return switch (kind) {
            case ADDED -> "+";
            case REMOVED -> "-";
            case CHANGED -> "~";
        };
    }

    private static String values(TopologyChange.Field field) {
        if (field.was() == null) {
            return String.valueOf(field.becomes());
        }
        return field.becomes() == null ? field.was() + " -> nothing" : field.was() + " -> " + field.becomes();
    }
}
