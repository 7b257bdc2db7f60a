package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.CloudBook;
import io.virtualwire.cli.provision.CloudEntry;
import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.identity.WireHome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wire cloud add}. */
@Command(
        name = "add",
        description =
                "Tell of a cloud in which hosts can be launched. What is secret is not said here: each type finds its credentials"
                        + " where its own tools have them.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire cloud add home --type local", "  wire cloud add rack --type ssh --key ~/.ssh/rack"})
final class CloudAddCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "What you call it.")
    private String name;

    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "What kind of cloud it is; 'wire cloud ls --types' lists them.")
    private String type;

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CloudType kind = CloudSettings.types().find(type);
        CloudEntry entry = new CloudEntry(type, CloudSettings.typed(spec, kind));
        new CloudBook(WireHome.of(System.getenv()), CloudSettings.types()).add(name, entry);
        output.print(new CloudCommand.Listed(name, entry.type(), entry.settings(), 0), out -> {
            out.println("cloud " + name + " is of type " + type);
            out.println("next: "
                    + (type.equals("ssh") ? "wire host add user@address --cloud " : "wire host launch --cloud ")
                    + name);
        });
        return ExitCode.OK;
    }
}
