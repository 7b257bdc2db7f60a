package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.WireStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code wire ls}. */
public final class ListCommand implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("ls");
    private final OptionSpec host = OptionSpec.builder("--host")
            .type(String.class)
            .paramLabel("HOST")
            .defaultValue("")
            .description("Ask this host too.")
            .build();
    private final Person person = new Person();
    private final Output output = new Output(spec);

    private ListCommand() {}

    public static CommandSpec describe() {
        ListCommand command = new ListCommand();
        command.spec.usageMessage().description("List the wires on all hosts you noted, a line for each side.");
        return command.spec.addOption(command.host).addOption(command.person.option());
    }

    @Override
    public Integer call() {
        WireFinder finder = new WireFinder(person, host.getValue());
        List<WireFinder.Found> sides = finder.all().stream()
                .sorted((one, other) -> {
                    int byWire = one.status().wire().compareTo(other.status().wire());
                    return byWire != 0
                            ? byWire
                            : one.status().side().compareTo(other.status().side());
                })
                .toList();
        output.print(sides, out -> {
            Table table = new Table("WIRE", "SIDE", "ENDPOINT", "GENERATION", "STATE", "PEER", "AGREED", "DROPS");
            sides.forEach(side -> table.row(
                    side.status().wire().toString().substring(0, 8),
                    side.status().side(),
                    side.status().endpoint() + "@" + side.host(),
                    side.status().generation(),
                    side.status().state(),
                    peer(side.status()),
                    side.status().isAgreed() ? "yes" : "no",
                    side.status().drops().values().stream()
                            .mapToLong(Long::longValue)
                            .sum()));
            table.print(out);
        });
        finder.silent().forEach((name, why) -> output.warn("the list lacks what is on " + name, why));
        return finder.silent().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String peer(WireStatus status) {
        return status.peers().isEmpty()
                ? "-"
                : status.peers().getLast().identity().toString();
    }
}
