package io.virtualwire.cli;

import io.virtualwire.cli.command.ApplyCommand;
import io.virtualwire.cli.command.AuthorityCommand;
import io.virtualwire.cli.command.CloudCommand;
import io.virtualwire.cli.command.CompletionCommand;
import io.virtualwire.cli.command.ConnectCommand;
import io.virtualwire.cli.command.ConnectorCommand;
import io.virtualwire.cli.command.DiffCommand;
import io.virtualwire.cli.command.DisconnectCommand;
import io.virtualwire.cli.command.DoctorCommand;
import io.virtualwire.cli.command.EndpointCommand;
import io.virtualwire.cli.command.ExportCommand;
import io.virtualwire.cli.command.HelpCommand;
import io.virtualwire.cli.command.HostCommand;
import io.virtualwire.cli.command.IdentityCommand;
import io.virtualwire.cli.command.InitCommand;
import io.virtualwire.cli.command.ListCommand;
import io.virtualwire.cli.command.MigrateCommand;
import io.virtualwire.cli.command.NodeCommand;
import io.virtualwire.cli.command.ShowCommand;
import io.virtualwire.cli.command.SwitchCommand;
import io.virtualwire.cli.command.TokenCommand;
import io.virtualwire.cli.command.VmCommand;
import io.virtualwire.cli.command.WatchCommand;
import io.virtualwire.cli.output.ErrorReport;
import io.virtualwire.cli.output.OutputFormat;
import io.virtualwire.cli.output.UsageReport;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code wire} command itself; everything it can do is a subcommand. */
@Command(
        name = "wire",
        description = "Wires between endpoints in any cloud, and the switches you plug them into.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT)
public final class Main implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(
            HelpCommand.class,
            InitCommand.class,
            IdentityCommand.class,
            TokenCommand.class,
            AuthorityCommand.class,
            CloudCommand.class,
            HostCommand.class,
            ConnectorCommand.class,
            EndpointCommand.class,
            ConnectCommand.class,
            DisconnectCommand.class,
            ListCommand.class,
            ShowCommand.class,
            DoctorCommand.class,
            NodeCommand.class,
            ApplyCommand.class,
            DiffCommand.class,
            ExportCommand.class,
            MigrateCommand.class,
            SwitchCommand.class,
            VmCommand.class,
            WatchCommand.class,
            CompletionCommand.class);

    /** Read by {@link io.virtualwire.cli.output.Output}; here so that it may stand before the subcommand, too. */
    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "Print results as a table or as json; default: ${DEFAULT-VALUE}.")
    private OutputFormat format = OutputFormat.TABLE;

    @Spec
    private CommandSpec spec;

    /** Runs one command and exits with its status: 0 done, 1 failed, 2 not understood. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** One command as {@link #main} runs it, without the exit; its status. */
    public static int run(String... arguments) {
        return commandLine(needed(arguments)).execute(arguments);
    }

    /** The command line with everything that there is. */
    public static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** Building those that are not asked for would be most of what a short command does. */
    static List<Class<?>> needed(String... arguments) {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            return List.of();
        }
        return COMMANDS.stream()
                .filter(command -> command != HelpCommand.class && command != CompletionCommand.class)
                .filter(command -> arguments.length > 0
                        && command.getAnnotation(Command.class).name().equals(arguments[0]))
                .<List<Class<?>>>map(List::of)
                .findFirst()
                .orElse(COMMANDS);
    }

    static CommandLine commandLine(List<Class<?>> commands) {
        CommandLine wire = new CommandLine(new Main());
        commands.forEach(wire::addSubcommand);
        Optional.ofNullable(wire.getSubcommands().get("cloud")).ifPresent(CloudCommand::complete);
        // Neither is in the annotation. Every command would inherit the footer, and ask for the version as soon as it
        // is made.
        versioned(wire, new VersionProvider());
        wire.getCommandSpec()
                .usageMessage()
                .footer(
                        "",
                        "'wire help COMMAND' tells more.",
                        "Credentials and hosts are kept in WIRE_HOME, else in ~/.config/virtualwire.",
                        "Exit status: 0 done, 1 refused or failed, 2 not understood.");
        return wire.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageReport())
                .setExecutionExceptionHandler(new ErrorReport());
    }

    private static void versioned(CommandLine command, VersionProvider versions) {
        command.getCommandSpec().versionProvider(versions);
        command.getSubcommands().values().forEach(below -> versioned(below, versions));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command was given");
    }
}
