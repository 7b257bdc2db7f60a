package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
            "Ends with status 1 if the command fails, and prints what it said in either case. It reads nothing but what"
                    + " --input names."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire host exec home-1 -- ip address show",
            "  wire host exec home-1 --input web1.xml -- virsh define /dev/stdin"
        })
final class HostExecCommand implements Callable<Integer> {
    private static final long LARGEST = 1L << 30;

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

    @Option(names = "--input", paramLabel = "FILE", description = "What it reads; of this machine, at most 1 GiB.")
    private Optional<Path> input = Optional.empty();

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
                CommandResult result = shell.run(timeout, command, read());
                output.print(result, out -> out.print(result.output()));
                return result.succeeded() ? ExitCode.OK : ExitCode.FAILED;
            }
        }
    }

    private byte[] read() {
        if (input.isEmpty()) {
            return new byte[0];
        }
        Path file = input.get();
        try {
            if (Files.size(file) > LARGEST) {
                throw new WireException(
                        ErrorCode.BAD_REQUEST,
                        file + " has more than " + LARGEST + " bytes",
                        "bring it there by parts");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "cannot read " + file + ": " + IoReason.of(e),
                    "name a file of this machine",
                    e);
        }
    }
}
