package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.MigrationResult;
import io.virtualwire.client.MigrationStep;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire migrate}. */
@Command(
        name = "migrate",
        description = "Move a component to another node, live.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire migrate lan --to west"})
public final class MigrateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "COMPONENT", description = "What moves: a switch, as the topology calls it.")
    private String component = "";

    @Option(names = "--to", required = true, paramLabel = "NODE", description = "Where it is to run.")
    private String to = "";

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        MigrationResult result = node.ask(person, client -> client.migrate(component, to, this::show));
        output.print(
                result,
                out -> out.printf(
                        Locale.ROOT,
                        "%s moved from %s to %s: cut over in %.1f ms, %.1f ms in all%n",
                        result.component(),
                        result.from(),
                        result.to(),
                        result.cutoverMillis(),
                        result.totalMillis()));
        return ExitCode.OK;
    }

    private void show(MigrationStep step) {
        output.progress(String.format(Locale.ROOT, "%8.1f ms  %s on %s", step.millis(), step.step(), step.node()));
    }
}
