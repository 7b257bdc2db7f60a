package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire host exec}. */
@Command(
        name = "exec",
        description = {
            "Run a command on a host that was launched or added, as its superuser, by the way that made it a host.",
            "Ends with status 1 if the command fails, and prints what it said in either case. It reads nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = "  wire host exec home-1 -- ip address show")
final class HostExecCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "What you call it.")
    private String name;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "With its arguments, behind --.")
    private List<String> command = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "1m",
            converter = DurationText.class,
            description = "How long it may take; default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofMinutes(1);

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        PersonHosts hosts = new PersonHosts(person, node, output);
        HostRecord record = hosts.known(name);
        try (CloudAdapter cloud = hosts.clouds().open(record.cloud())) {
            CloudHost host = cloud.hosts().stream()
                    .filter(it -> it.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new WireException(
                            ErrorCode.NOT_FOUND,
                            "cloud " + record.cloud() + " has no " + name,
                            "see 'wire host show " + name + "'"));
            try (HostShell shell = cloud.shell(host)) {
                CommandResult result = shell.run(timeout, command);
                output.print(result, out -> out.print(result.output()));
                return result.succeeded() ? ExitCode.OK : ExitCode.FAILED;
            }
        }
    }
}
