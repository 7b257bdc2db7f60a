package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire endpoint …}. */
@Command(name = "endpoint", description = "Where wires end on a host: TAP devices, in a namespace if you like.")
public final class EndpointCommand {
    private static final String HOST = "The host; default: localhost, where a connector without --listen answers.";

    @Command(
            name = "add",
            description = "Make an endpoint; succeeds if it is there already as described.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire endpoint add web", "  wire endpoint add web --host hosta --netns guest1 --tap eth0"})
    int add(
            @Parameters(paramLabel = "NAME", description = "The endpoint's name on its host.") String name,
            @Option(names = "--host", paramLabel = "HOST", defaultValue = "localhost", description = HOST) String host,
            @Option(names = "--tap", paramLabel = "DEVICE", description = "The device's name; default: the endpoint's.")
                    @Nullable
                    String device,
            @Option(names = "--netns", paramLabel = "NAME", description = "The network namespace that gets the device.")
                    @Nullable
                    String namespace,
            @Option(names = "--existing", description = "The device is there already and stays when the endpoint goes.")
                    boolean existing,
            @Option(
                            names = "--mtu",
                            paramLabel = "BYTES",
                            defaultValue = "1500",
                            description =
                                    "What the guest may send, whatever the underlay's MTU; default: ${DEFAULT-VALUE}.")
                    int mtu,
            @Option(
                            names = "--mac",
                            paramLabel = "MAC",
                            description = "The guest's address, which the device gets; default: the kernel chooses.")
                    @Nullable
                    String mac,
            @Option(
                            names = "--device-side",
                            description =
                                    "Another process, QEMU say, has the TAP's descriptor: take frames from the interface.")
                    boolean deviceSide,
            @Mixin Person person,
            @Mixin Output output) {
        EndpointDescription wanted = new EndpointDescription(
                name,
                device == null ? EndpointDescription.deviceFor(name) : device,
                Optional.ofNullable(namespace),
                existing,
                mtu,
                Optional.ofNullable(mac),
                deviceSide);
        try (ConnectorClient connector = person.connector(host)) {
            EndpointStatus made = connector.putEndpoint(wanted);
            output.print(made, out -> {
                out.println(made.id() + " is " + where(made.endpoint()) + ", mtu " + wanted.mtu());
                made.problem().ifPresent(problem -> out.println("but: " + problem));
            });
        }
        return ExitCode.OK;
    }

    @Command(name = "rm", description = "Remove an endpoint; succeeds if there is none.")
    int remove(
            @Parameters(paramLabel = "NAME", description = "The endpoint's name on its host.") String name,
            @Option(names = "--host", paramLabel = "HOST", defaultValue = "localhost", description = HOST) String host,
            @Option(names = "--force", description = "Disconnect the wires that end there.") boolean force,
            @Mixin Person person,
            @Mixin Output output) {
        boolean known;
        try (ConnectorClient connector = person.connector(host)) {
            known = connector.endpoints().stream().anyMatch(one -> one.name().equals(name));
            connector.removeEndpoint(name, force);
        }
        output.print(
                Map.of("name", name, "host", host, "removed", known),
                out -> out.println(known ? name + " is gone from " + host : host + " has no endpoint " + name));
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List a host's endpoints.")
    int list(
            @Option(names = "--host", paramLabel = "HOST", defaultValue = "localhost", description = HOST) String host,
            @Mixin Person person,
            @Mixin Output output) {
        List<EndpointStatus> endpoints;
        try (ConnectorClient connector = person.connector(host)) {
            endpoints = connector.endpoints();
        }
        output.print(endpoints, out -> {
            Table table = new Table("ENDPOINT", "DEVICE", "MTU", "UP", "WIRES", "PROBLEM");
            endpoints.forEach(one -> table.row(
                    one.id(),
                    where(one.endpoint()),
                    one.endpoint().mtu(),
                    one.up() ? "yes" : "no",
                    one.wires().size(),
                    one.problem().orElse("")));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private static String where(EndpointDescription endpoint) {
        return endpoint.device()
                + endpoint.namespace().map(name -> " in namespace " + name).orElse("");
    }
}
