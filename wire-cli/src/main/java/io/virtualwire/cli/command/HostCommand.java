package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire host …}. */
@Command(
        name = "host",
        description = "The hosts you talk of by name; a name that is not noted is looked up as an address.",
        subcommands = HostUserDataCommand.class)
public final class HostCommand {

    @Command(
            name = "add",
            description = "Note where a host's connector is asked.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  wire host add hostb 198.51.100.7",
                "  wire host add hostb 198.51.100.7 --libvirt qemu+ssh://198.51.100.7/system --cloud west"
            })
    int add(
            @Parameters(paramLabel = "NAME", description = "What you call it.") String name,
            @Parameters(paramLabel = "ADDRESS[:PORT]", description = "Port 7472 if none is given.") String address,
            @Option(
                            names = "--libvirt",
                            paramLabel = "URI",
                            description =
                                    "How nodes reach its hypervisor, any of libvirt's URIs: the fabric is told of the host.")
                    Optional<String> libvirt,
            @Option(
                            names = "--libvirt-peer",
                            paramLabel = "URI",
                            description = "How other hosts' hypervisors reach it; default: as nodes do.")
                    Optional<String> peer,
            @Option(
                            names = "--cloud",
                            paramLabel = "CLOUD",
                            description =
                                    "The cloud that it is in, so that machines can be moved to that cloud: the fabric is told"
                                            + " of the host.")
                    Optional<String> cloud,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        if (!name.matches("[^\\s@/]+")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + name + "' is no name for a host", "leave out blanks, @ and /");
        }
        HostAddress parsed = HostAddress.parse(address, HostAddress.DEFAULT_API_PORT);
        person.hosts().put(name, parsed);
        if (libvirt.isPresent() || cloud.isPresent()) {
            HostSpec described;
            try (WireEnd end = new WireEnd(new EndpointRef("", name), person.connector(name))) {
                described = new FabricHost(end).describe(person);
            }
            node.ask(
                    person,
                    client -> new FabricEdit(client)
                            .apply(now -> now.withHost(
                                    name,
                                    told(
                                            described,
                                            Optional.ofNullable(now.hosts().get(name)),
                                            libvirt,
                                            peer,
                                            cloud))));
        }
        output.print(Map.of("name", name, "address", parsed.toString()), out -> out.println(name + " is " + parsed));
        return ExitCode.OK;
    }

    /** What is not said again stays as it was. */
    private static HostSpec told(
            HostSpec described,
            Optional<HostSpec> known,
            Optional<String> libvirt,
            Optional<String> peer,
            Optional<String> cloud) {
        HostSpec reached = libvirt.map(uri -> described.withLibvirt(uri, peer.orElse(null)))
                .or(() -> known.filter(host -> host.libvirt() != null)
                        .map(host -> described.withLibvirt(String.valueOf(host.libvirt()), host.libvirtPeer())))
                .orElse(described);
        return reached.in(cloud.or(() -> known.map(HostSpec::cloud)).orElse(null));
    }

    @Command(name = "rm", description = "Forget a host; succeeds if it is not noted.")
    int remove(
            @Parameters(paramLabel = "NAME", description = "What you call it.") String name,
            @Mixin Person person,
            @Mixin Output output) {
        boolean known = person.hosts().remove(name);
        output.print(
                Map.of("name", name, "removed", known),
                out -> out.println(known ? name + " is forgotten" : name + " was not noted"));
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List the hosts.")
    int list(@Mixin Person person, @Mixin Output output) {
        SortedMap<String, HostAddress> hosts = person.hosts().all();
        output.print(
                hosts.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, host -> host.getValue().toString())),
                out -> {
                    Table table = new Table("HOST", "ADDRESS");
                    hosts.forEach(table::row);
                    table.print(out);
                });
        return ExitCode.OK;
    }
}
