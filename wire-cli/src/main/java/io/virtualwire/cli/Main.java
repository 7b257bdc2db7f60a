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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The {@code wire} command itself; everything it can do is a subcommand. */
public final class Main implements Runnable {
    /**
     * By their names, in the order in which help lists them: a class with picocli's annotations, or what describes itself without, as each
     * kind of annotation is a class made when it is first looked at, and together they take a short command a tenth of its time.
     */
    private static final Map<String, Object> COMMANDS = commands();

    private static Map<String, Object> commands() {
        Map<String, Object> commands = new LinkedHashMap<>();
        commands.put("help", HelpCommand.class);
        commands.put("init", InitCommand.class);
        commands.put("identity", IdentityCommand.class);
        commands.put("token", TokenCommand.class);
        commands.put("authority", AuthorityCommand.class);
        commands.put("cloud", CloudCommand.class);
        commands.put("host", HostCommand.class);
        commands.put("connector", ConnectorCommand.class);
        commands.put("endpoint", EndpointCommand.class);
        commands.put("connect", ConnectCommand.class);
        commands.put("disconnect", DisconnectCommand.class);
        commands.put("ls", (Supplier<CommandSpec>) ListCommand::describe);
        commands.put("show", ShowCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("node", NodeCommand.class);
        commands.put("apply", ApplyCommand.class);
        commands.put("diff", DiffCommand.class);
        commands.put("export", ExportCommand.class);
        commands.put("migrate", MigrateCommand.class);
        commands.put("switch", SwitchCommand.class);
        commands.put("vm", VmCommand.class);
        commands.put("watch", WatchCommand.class);
        commands.put("completion", CompletionCommand.class);
        return Collections.unmodifiableMap(commands);
    }

    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("wire");

    private Main() {}

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
        return commandLine(COMMANDS.keySet());
    }

    /** Building those that are not asked for would be most of what a short command does. */
    static Set<String> needed(String... arguments) {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            return Set.of();
        }
        boolean needsAll = arguments.length == 0
                || !COMMANDS.containsKey(arguments[0])
                || arguments[0].equals("help")
                || arguments[0].equals("completion");
        return needsAll ? COMMANDS.keySet() : Set.of(arguments[0]);
    }

    static CommandLine commandLine(Set<String> commands) {
        CommandLine wire = new CommandLine(new Main().describe());
        commands.forEach(name -> {
            Object command = Objects.requireNonNull(COMMANDS.get(name));
            wire.addSubcommand(name, command instanceof Supplier<?> described ? described.get() : command);
        });
        Optional.ofNullable(wire.getSubcommands().get("cloud")).ifPresent(CloudCommand::complete);
        versioned(wire, new VersionProvider());
        return wire.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageReport())
                .setExecutionExceptionHandler(new ErrorReport());
    }

    private CommandSpec describe() {
        spec.usageMessage()
                .description("Wires between endpoints in any cloud, and the switches you plug them into.")
                .footer(
                        "",
                        "'wire help COMMAND' tells more.",
                        "Credentials and hosts are kept in WIRE_HOME, else in ~/.config/virtualwire.",
                        "Exit status: 0 done, 1 refused or failed, 2 not understood.");
        return spec.addOption(everywhere("-h", "--help")
                        .type(boolean.class)
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(everywhere("-V", "--version")
                        .type(boolean.class)
                        .versionHelp(true)
                        .description("Print version information and exit.")
                        .build())
                .addOption(OutputFormat.option(everywhere("-o", "--output")));
    }

    private static OptionSpec.Builder everywhere(String... names) {
        return OptionSpec.builder(names).scopeType(ScopeType.INHERIT);
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
