package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.Step;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.DrainStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire host rm}. */
@Command(
        name = "rm",
        description = {
            "Remove a host that was launched, with everything that was made for it; take the daemons and credentials off one that was"
                    + " added by SSH, which stays; forget one that was only noted. Succeeds if there is none.",
            "Refused while anything lives there: drain it first. A node there leaves the fabric first."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire host rm home-1", "  wire host rm home-1 --force"})
final class HostRemoveCommand implements Callable<Integer> {
    private static final int NAMED = 5;

    @Parameters(paramLabel = "NAME", description = "What you call it.")
    private String name;

    @Option(names = "--force", description = "Also if something lives there, or if nobody can be asked what does.")
    private boolean force;

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        PersonHosts hosts = new PersonHosts(person, node, output);
        Optional<HostRecord> record = hosts.records().all().stream()
                .filter(it -> it.name().equals(name))
                .findFirst();
        if (record.isEmpty()) {
            boolean known = person.hosts().remove(name);
            output.print(
                    Map.of("name", name, "removed", known),
                    out -> out.println(known ? name + " is forgotten" : name + " was not noted"));
            return ExitCode.OK;
        }
        if (!force && record.get().isPast(Step.READY)) {
            requireEmpty(record.get());
            if (record.get().wanted().node()) {
                hosts.leave(name);
            }
        }
        hosts.hosts().remove(record.get());
        output.print(
                Map.of("name", name, "removed", true),
                out -> out.println(name + " is removed, and what was made for it in cloud "
                        + record.get().cloud()));
        return ExitCode.OK;
    }

    private void requireEmpty(HostRecord record) {
        DrainStatus status;
        try (ConnectorClient client = person.connector(name)) {
            status = client.drainStatus();
        } catch (WireException e) {
            throw new WireException(
                    e.code(),
                    "cannot remove " + name + ": nobody can tell what lives there: " + e.getMessage(),
                    "see to its connector, or give --force",
                    e);
        }
        if (!status.remaining().isEmpty()) {
            throw new WireException(
                    ErrorCode.IN_USE,
                    "cannot remove " + name + ": on it is still "
                            + status.remaining().stream()
                                    .limit(NAMED)
                                    .map(it -> it.kind() + " " + it.tenant() + "/" + it.name())
                                    .collect(Collectors.joining(", "))
                            + (status.remaining().size() > NAMED ? ", …" : ""),
                    "move it away with 'wire host drain " + name + "', or give --force");
        }
        if (record.wanted().node()) {
            node.ask(person, client -> {
                if (!client.drainStatus(name).isEmpty()) {
                    throw new WireException(
                            ErrorCode.IN_USE,
                            "cannot remove " + name + ": its node still has "
                                    + String.join(", ", client.drainStatus(name).components()),
                            "move it away with 'wire host drain " + name + "', or give --force");
                }
                return true;
            });
        }
    }
}
