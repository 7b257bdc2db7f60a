package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.MigrationResult;
import io.virtualwire.client.MigrationStep;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.VmMigrationStep;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire migrate}. */
@Command(
        name = "migrate",
        description =
                "Move a switch to another node, a virtual machine with its network to another host, or all of a cloud to another"
                        + " cloud, live.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire migrate lan --to west",
            "  wire migrate web1 --to west-1 --bandwidth 100",
            "  wire migrate --all --from east --to west --plan",
            "  wire migrate --all --from east --to west"
        })
public final class MigrateCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "WHAT",
            description = "What moves: a switch, or a virtual machine; nothing here with --all.")
    private String what = "";

    @Option(
            names = "--all",
            description =
                    "Everything that is in the cloud of --from: its running virtual machines and its switches, in the"
                            + " order in which the least crosses between clouds meanwhile. Ctrl-C stops after what is on its way;"
                            + " the same command goes on.")
    private boolean all;

    @Option(names = "--from", paramLabel = "CLOUD", description = "With --all: the cloud that is left.")
    private Optional<String> from = Optional.empty();

    @Option(
            names = "--plan",
            description = "With --all: show the order and what would cross after each step; move nothing.")
    private boolean plan;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "NODE|HOST|CLOUD",
            description =
                    "Where it is to run: a node for a switch, a host for a virtual machine, or a cloud, in which one is"
                            + " chosen.")
    private String to = "";

    @Mixin
    private VmMigrationOptions how = new VmMigrationOptions();

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        if (all) {
            return everything();
        }
        if (what.isEmpty() || plan || from.isPresent()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    what.isEmpty() ? "nobody said what is to move" : "--plan and --from go with --all",
                    "wire migrate NAME --to WHERE, or wire migrate --all --from CLOUD --to CLOUD");
        }
        return node.ask(person, client -> {
            boolean isComponent =
                    client.view().components().stream().anyMatch(it -> it.name().equals(what));
            if (isComponent || client.vms().stream().noneMatch(vm -> vm.name().equals(what))) {
                moveComponent(client);
            } else {
                moveMachine(client);
            }
            return ExitCode.OK;
        });
    }

    private Integer everything() {
        if (!what.isEmpty() || from.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    what.isEmpty() ? "nobody said which cloud is left" : "--all moves everything, not " + what,
                    "wire migrate --all --from CLOUD --to CLOUD");
        }
        return node.ask(person, client -> {
            CloudMigration migration = new CloudMigration(client, output);
            if (plan) {
                migration.plan(from.get(), to);
            } else {
                migration.run(from.get(), to, how);
            }
            return ExitCode.OK;
        });
    }

    private void moveComponent(NodeClient client) {
        MigrationResult result = client.migrate(what, to, this::show);
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
    }

    private void moveMachine(NodeClient client) {
        VmMigrationStep.Result result = new VmMigration(client, what, output).run(to, how);
        output.print(result, out -> {
            out.printf(
                    Locale.ROOT,
                    "%s moved from %s to %s: there after %.1f ms, %.1f ms in all%n",
                    result.vm(),
                    result.from(),
                    result.to(),
                    result.movedMillis(),
                    result.totalMillis());
            result.hypervisorDowntimeMillis()
                    .ifPresent(pause -> out.printf(Locale.ROOT, "it did not run for %d ms%n", pause));
            result.activationToHeardMillis()
                    .ifPresent(heard -> out.printf(
                            Locale.ROOT,
                            "its network followed its %s, and was confirmed %.1f ms later%n",
                            result.activatedBy(),
                            heard));
        });
    }

    private void show(MigrationStep step) {
        output.progress(String.format(Locale.ROOT, "%8.1f ms  %s on %s", step.millis(), step.step(), step.node())
                + (step.detail().isEmpty() ? "" : ": " + step.detail()));
    }
}
