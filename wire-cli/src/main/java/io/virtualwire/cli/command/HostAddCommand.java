package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.CloudEntry;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.client.HostAddress;
import io.virtualwire.cloud.ssh.SshTarget;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire host add}. */
@Command(
        name = "add",
        description = {
            "Make a machine a host that you can log in to with SSH as USER: installs the package there, makes its connector a member"
                    + " of your tenant, and starts it. Whatever cuts it short, the same command goes on.",
            "Without a USER, note where the connector of a host is asked, and do nothing there."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire host add root@198.51.100.7 --name hostb",
            "  wire host add hostb admin@198.51.100.7:2222 --cloud rack",
            "  wire host add hostb 198.51.100.7",
            "  wire host add hostb 198.51.100.7 --libvirt qemu+ssh://198.51.100.7/system --cloud west"
        })
final class HostAddCommand implements Callable<Integer> {
    private static final String SSH = "ssh";

    @Parameters(
            arity = "1..2",
            paramLabel = "NAME|USER@ADDRESS[:PORT]",
            description = "What you call it, then where it is: USER@ADDRESS[:PORT] to log in to, or ADDRESS[:PORT] of a"
                    + " connector that runs, port 7472 if none is given. Only the former may stand alone.")
    private List<String> words = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What you call it; default: the first part of its address if that is a name.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--libvirt",
            paramLabel = "URI",
            description = "How nodes reach its hypervisor, any of libvirt's URIs: the fabric is told of the host.")
    private Optional<String> libvirt = Optional.empty();

    @Option(
            names = "--libvirt-peer",
            paramLabel = "URI",
            description = "How other hosts' hypervisors reach it; default: as nodes do.")
    private Optional<String> peer = Optional.empty();

    @Option(
            names = "--cloud",
            paramLabel = "CLOUD",
            description =
                    "The cloud that it is in, so that machines can be moved to that cloud: the fabric is told of the host."
                            + " For one to log in to, a cloud of type ssh; default: ssh, which need not be added.")
    private Optional<String> cloud = Optional.empty();

    @Option(
            names = "--with-node",
            description = "Run a node there, too. It joins your fabric if you have one, and else founds one.")
    private boolean withNode;

    @Mixin
    private HostMaking making = new HostMaking();

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        String where = words.getLast();
        if (!where.contains("@")) {
            return note(where);
        }
        SshTarget target = SshTarget.parse(where);
        String host = HostRecord.requireName(
                name.or(() -> words.size() == 2 ? Optional.of(words.getFirst()) : Optional.empty())
                        .or(() -> nameIn(target))
                        .orElseThrow(() -> new WireException(
                                ErrorCode.BAD_REQUEST, "nobody said what to call " + target, "give --name NAME")));
        int status = take(host, target);
        if (status == ExitCode.OK && libvirt.isPresent()) {
            tellFabric(host);
        }
        return status;
    }

    private static Optional<String> nameIn(SshTarget target) {
        String first = target.address().split("\\.", 2)[0].toLowerCase(Locale.ROOT);
        return first.matches("[a-z][a-z0-9-]{0,14}") && !target.address().contains(":")
                ? Optional.of(first)
                : Optional.empty();
    }

    private int take(String host, SshTarget target) {
        PersonHosts hosts = new PersonHosts(person, node, output);
        String in = cloud.orElse(SSH);
        Optional<CloudEntry> known = hosts.clouds().find(in);
        if (known.isPresent() && !known.get().type().equals(SSH)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot take " + target + " into cloud " + in + ": that is of type "
                            + known.get().type(),
                    "name one of type ssh, or leave --cloud out");
        }
        if (known.isEmpty() && !in.equals(SSH)) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "there is no cloud " + in, "add it: wire cloud add " + in + " --type ssh");
        }
        if (known.isEmpty()) {
            hosts.clouds().add(SSH, new CloudEntry(SSH, Map.of()));
        }
        HostRecord.Wanted wanted = new HostRecord.Wanted(target.toString(), null, withNode, making.vms());
        Optional<HostRecord> begun = hosts.records().find(host);
        if (begun.isPresent()
                && !(begun.get().cloud().equals(in) && begun.get().wanted().equals(wanted))) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "host " + host + " is there already, and not as is asked for now",
                    "choose another name, or remove it with 'wire host rm " + host + "'");
        }
        return making.make(hosts, List.of(begun.orElseGet(() -> HostRecord.begun(host, in, wanted))), output);
    }

    private int note(String where) {
        if (words.size() == 1 && name.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + where + "' says not enough of a host",
                    "give 'wire host add user@address' to log in to, or 'wire host add NAME ADDRESS' to note one");
        }
        String host = name.orElseGet(words::getFirst);
        if (!host.matches("[^\\s@/]+")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + host + "' is no name for a host", "leave out blanks, @ and /");
        }
        HostAddress parsed = HostAddress.parse(where, HostAddress.DEFAULT_API_PORT);
        person.hosts().put(host, parsed);
        if (libvirt.isPresent() || cloud.isPresent()) {
            tellFabric(host);
        }
        output.print(Map.of("name", host, "address", parsed.toString()), out -> out.println(host + " is " + parsed));
        return ExitCode.OK;
    }

    private void tellFabric(String host) {
        HostSpec described;
        try (WireEnd end = new WireEnd(new EndpointRef("", host), person.connector(host))) {
            described = new FabricHost(end).describe(person);
        }
        node.ask(
                person,
                client -> new FabricEdit(client)
                        .apply(now -> now.withHost(
                                host,
                                told(described, Optional.ofNullable(now.hosts().get(host))))));
    }

    private static HostSpec inside(HostSpec described, Optional<HostSpec> known) {
        return described.inside() != null
                ? described
                : known.filter(host -> host.api().equals(described.api()))
                        .map(host -> described.within(host.network(), host.inside()))
                        .orElse(described);
    }

    /** What is not said again stays as it was. */
    private HostSpec told(HostSpec described, Optional<HostSpec> known) {
        HostSpec reached = libvirt.map(uri -> described.withLibvirt(uri, peer.orElse(null)))
                .or(() -> known.filter(host -> host.libvirt() != null)
                        .map(host -> described.withLibvirt(String.valueOf(host.libvirt()), host.libvirtPeer())))
                .orElse(described);
        return inside(reached, known)
                .in(cloud.or(() -> known.map(HostSpec::cloud)).orElse(null));
    }
}
