package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire node rm}. */
@Command(
        name = "rm",
        description = {
            "Take a node, or a witness, out of your fabric: it holds nothing and votes no more, and the others go on without it. Succeeds if it"
                    + " is no member.",
            "Refused while it has a switch, and if those that stay would lack a majority. 'wire host rm' does it by itself."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire node drain west", "  wire node rm west"})
final class NodeRemoveCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The node, as 'wire node ls' lists it.")
    private String name;

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        boolean left = new NodeDeparture(person, node).take(name);
        output.print(
                Map.of("name", name, "removed", left),
                out -> out.println(left ? name + " has left the fabric: end its process" : name + " is no member"));
        return ExitCode.OK;
    }
}
