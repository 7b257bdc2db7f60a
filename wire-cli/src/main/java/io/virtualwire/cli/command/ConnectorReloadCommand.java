package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.ConnectorClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire connector reload}. */
@Command(
        name = "reload",
        description = {
            "Let a connector read its configuration file again: grants, trust, log level. Wires are not touched.",
            "Kill -HUP does the same, but for --enforce."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire connector reload --host hosta", "  wire connector reload --host hosta --enforce"})
final class ConnectorReloadCommand implements Callable<Integer> {
    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "localhost",
            description = "The host; default: localhost, where a connector without --listen answers.")
    private String host;

    @Option(
            names = "--enforce",
            description = "Disconnect and remove what no grant covers any more, instead of only naming it.")
    private boolean enforce;

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        try (ConnectorClient client = person.connector(host)) {
            new Reloaded("connector of " + host, client.reload(enforce)).print(output);
        }
        return ExitCode.OK;
    }
}
