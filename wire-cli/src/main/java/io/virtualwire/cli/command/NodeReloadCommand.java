package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire node reload}. */
@Command(
        name = "reload",
        description = "Let a node read its configuration file again; its wires and components are not touched.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire node reload 192.0.2.10"})
final class NodeReloadCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "ADDRESS[:PORT]",
            defaultValue = "localhost",
            description = "The node's interface, at the address of its --listen; default: localhost, port 7482.")
    private String address;

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        HostAddress where = HostAddress.parse(address, NodeClient.DEFAULT_PORT);
        try (NodeClient client = new NodeClient(person.tls(), where, Optional.empty())) {
            new Reloaded("node " + where, client.reload()).print(output);
        }
        return ExitCode.OK;
    }
}
