package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.topology.TopologyFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code wire export}. */
@Command(
        name = "export",
        description = "Print the network that is wanted as a topology file, which 'wire apply' takes.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire export > topology.yaml"})
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        WantedTopology wanted = node.ask(person, NodeClient::topology);
        output.print(wanted, out -> {
            out.println("# Version " + wanted.version() + " of the fabric's topology.");
            out.print(TopologyFile.write(FabricEdit.read(wanted)));
        });
        return ExitCode.OK;
    }
}
