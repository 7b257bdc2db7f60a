package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.NodeView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code wire node ls}. */
@Command(
        name = "ls",
        description = {
            "List the nodes of your fabric: where each is, whether it is there, and whether it votes. A witness is not seen; it votes."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire node ls", "  wire node ls -o json"})
final class NodeListCommand implements Callable<Integer> {
    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    /**
     * A node in the list.
     *
     * @param state as {@link NodeView.Member#state()}
     * @param presence whether the one that was asked sees it; {@code -} if none could, as a witness
     * @param cloud empty if nobody says
     */
    private record Line(String name, String state, String presence, String cloud, List<String> addresses) {}

    @Override
    public Integer call() {
        NodeView view = node.ask(person, client -> client.view());
        List<Line> lines = view.members().stream()
                .map(member -> new Line(
                        member.name(),
                        member.state(),
                        presence(view, member.name()),
                        cloud(view, member.name()),
                        member.addresses()))
                .toList();
        output.print(lines, out -> {
            Table table = new Table("NODE", "STATE", "SEEN", "CLOUD", "ADDRESS");
            lines.forEach(line -> table.row(
                    line.name(),
                    line.state(),
                    line.presence(),
                    line.cloud().isEmpty() ? "-" : line.cloud(),
                    String.join(", ", line.addresses())));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private static String presence(NodeView view, String name) {
        if (view.present().contains(name)) {
            return view.draining().contains(name) ? "draining" : "present";
        }
        return view.nodes().contains(name) ? "away" : "-";
    }

    private static String cloud(NodeView view, String name) {
        return view.clouds().stream()
                .filter(cloud -> cloud.nodes().contains(name))
                .map(NodeView.Cloud::name)
                .findFirst()
                .orElse("");
    }
}
