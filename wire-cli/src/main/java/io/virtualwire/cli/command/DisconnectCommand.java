package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire disconnect}. */
@Command(
        name = "disconnect",
        description = "Unplug a wire on every host that has a side of it. Succeeds if there is none; endpoints stay.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire disconnect web@hosta"})
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
        output.print(sides.stream().map(WireFinder.Found::status).toList(), out -> {
            if (finder.silent().isEmpty()) {
                out.println(
                        sides.isEmpty()
                                ? "nothing is connected under that name"
                                : "wire " + sides.getFirst().status().wire() + " is disconnected");
            }
        });
        finder.silent().forEach((host, why) -> output.warn("not asked: " + host, why));
        if (!finder.silent().isEmpty()) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "'" + wire + "' is disconnected only on the hosts that answered",
                    "when the others do: wire disconnect "
                            + (sides.isEmpty()
                                    ? wire
                                    : sides.getFirst().status().wire()));
        }
        return ExitCode.OK;
    }
}
