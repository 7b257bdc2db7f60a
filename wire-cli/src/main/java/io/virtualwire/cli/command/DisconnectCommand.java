package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.ConnectorClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire disconnect}. */
@Command(
        name = "disconnect",
        description = "Unplug a wire on every host that has a side of it. Succeeds if there is none; endpoints stay.")
public final class DisconnectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "WIRE", description = "Its id, the beginning of it, or one of its ends as ENDPOINT@HOST.")
    private String wire = "";

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        WireFinder finder = new WireFinder(
                person, wire.contains("@") ? EndpointRef.parse(wire).host() : "");
        List<WireFinder.Found> sides = finder.named(wire);
        for (WireFinder.Found side : sides) {
            try (ConnectorClient connector = person.connector(side.host())) {
                connector.disconnect(
                        side.status().wire(),
                        side.status().side(),
                        side.status().generation());
            }
            output.progress("disconnected side " + side.status().side() + " on " + side.host());
        }
        finder.silent().forEach((host, why) -> output.progress("not asked: " + host + ": " + why.getMessage()));
        output.print(
                sides.stream().map(WireFinder.Found::status).toList(),
                out -> out.println(
                        sides.isEmpty()
                                ? "nothing is connected under that name"
                                : sides.size() + " sides disconnected"));
        return finder.silent().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
}
