package io.virtualwire.cli.command;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wire help}, to any depth: {@code wire help endpoint add}. */
@Command(name = "help", helpCommand = true, description = "Show what a command does and what it takes.")
public final class HelpCommand implements Runnable {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "As it is typed; without one: all there are.")
    private List<String> names = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.root().commandLine();
        for (String name : names) {
            CommandLine below = command.getSubcommands().get(name);
            if (below == null) {
                throw new ParameterException(
                        command, "'" + command.getCommandSpec().qualifiedName() + "' has no command '" + name + "'");
            }
            command = below;
        }
        command.usage(spec.commandLine().getOut());
    }
}
