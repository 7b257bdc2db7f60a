package io.virtualwire.cli.command;

import io.virtualwire.authority.Registrar;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.AddressChange;
import io.virtualwire.cli.provision.CloudBook;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.HostRecords;
import io.virtualwire.cli.provision.Hosts;
import io.virtualwire.cli.provision.OwnCommand;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.NodeView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.HostSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The hosts that a person makes, with what else of a person's commands has to do with them. */
final class PersonHosts {
    /** How long nodes that were just started may take to be a fabric. */
    private static final Duration FOUNDING = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Person person;
    private final NodeOption node;
    private final Output output;
    private final HostRecords records;
    private final CloudBook clouds;
    private boolean joining;

    PersonHosts(Person person, NodeOption node, Output output) {
        this.person = person;
        this.node = node;
        this.output = output;
        this.records = new HostRecords(person.home());
        this.clouds = new CloudBook(person.home(), CloudSettings.types());
    }

    HostRecords records() {
        return records;
    }

    CloudBook clouds() {
        return clouds;
    }

    /** Those hosts; only whoever has the tenant's authority has them. */
    Hosts hosts() {
        Registrar registrar = Registrar.of(person.home(), InstantSource.system());
        return new Hosts(
                clouds,
                records,
                registrar,
                OwnCommand.of(System.getenv()),
                new Hosts.Around(
                        this::health,
                        this::note,
                        daemon -> new RevocationNews(person.home()).takeBack(registrar, daemon),
                        this::depart,
                        this::forget));
    }

    /**
     * The nodes of the fabric that these hosts' nodes are to join, as a node's file names them; none if they are to found one.
     *
     * @param made the hosts that are to be made, which may be there in part
     */
    List<String> fabric(List<HostRecord> made) {
        Set<String> mine = made.stream().map(HostRecord::name).collect(Collectors.toSet());
        Set<String> own = made.stream()
                .map(record -> record.facts().address())
                .filter(Objects::nonNull)
                .map(address -> new HostAddress(address, NodeClient.DEFAULT_PORT).toString())
                .collect(Collectors.toSet());
        boolean others = NodeOption.noted(person.home()).stream().anyMatch(address -> !own.contains(address));
        if (!others) {
            requireNoOther(mine);
            return List.of();
        }
        NodeView view = node.ask(person, client -> client.view());
        List<String> entries = view.members().stream()
                .filter(member -> !mine.contains(member.name()))
                .flatMap(member -> member.addresses().stream().map(address -> entry(member, address)))
                .toList();
        if (entries.isEmpty()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot have a node join the fabric of " + view.name()
                            + ": its nodes have not agreed yet on who takes part",
                    "see that a majority of them runs a release that can, then repeat");
        }
        joining = true;
        return entries;
    }

    private static String entry(NodeView.Member member, String address) {
        return member.name() + "=" + Identity.parse(member.identity()).name() + "@" + address;
    }

    /** One whose node was not noted yet may come to be a fabric of its own. */
    private void requireNoOther(Set<String> mine) {
        records.all().stream()
                .filter(record -> record.wanted().node() && !mine.contains(record.name()))
                .findFirst()
                .ifPresent(other -> {
                    throw new WireException(
                            ErrorCode.WRONG_STATE,
                            "cannot make a second fabric: " + other.name() + " is to have a node, and is not ready",
                            "give the command again that launched it, or remove it: wire host rm " + other.name());
                });
    }

    /** Takes a host's node out of the fabric if there are others; true if it was in it. */
    boolean leave(String name) {
        NodeDeparture departure = new NodeDeparture(person, node);
        return !NodeOption.noted(person.home()).isEmpty() && departure.isOneOfSeveral(name) && departure.take(name);
    }

    private void depart(HostRecord record) {
        try {
            leave(record.name());
        } catch (WireException e) {
            output.warn("node " + record.name() + " may still be a member of the fabric", e);
        }
    }

    private ConnectorHealth health(HostAddress address, Identity expected) {
        try (ConnectorClient connector = new ConnectorClient(person.tls(), address, Optional.of(expected))) {
            return connector.health();
        }
    }

    /* Hosts get here together, and the books are read, changed and written. */
    private synchronized String note(HostRecord record) {
        String host = Objects.requireNonNull(record.facts().address(), "a machine has an address");
        HostAddress api = new HostAddress(host, HostAddress.DEFAULT_API_PORT);
        person.hosts().put(record.name(), api);
        if (record.wanted().node()) {
            NodeOption.note(person.home(), new HostAddress(host, NodeClient.DEFAULT_PORT).toString());
        }
        // Nodes that do not run yet, or not in a majority, hear of it from 'wire host add' later.
        if ((joining || !record.wanted().node())
                && !NodeOption.noted(person.home()).isEmpty()) {
            tell(record);
        }
        return "known as " + record.name() + ", at " + api;
    }

    /** Has commands ask a host, and its node, at its new address. */
    void readdress(AddressChange change) {
        String name = change.host().name();
        HostAddress noted = person.hosts().all().get(name);
        if (noted != null && noted.host().equals(change.from())) {
            person.hosts().put(name, new HostAddress(change.to(), noted.port()));
        }
        if (change.host().wanted().node()) {
            NodeOption.note(person.home(), new HostAddress(change.to(), NodeClient.DEFAULT_PORT).toString());
            NodeOption.forget(person.home(), new HostAddress(change.from(), NodeClient.DEFAULT_PORT).toString());
        }
    }

    /** Tells the fabric where a host is that it knows. */
    void tellFabric(AddressChange change) {
        String name = change.host().name();
        if (!NodeOption.noted(person.home()).isEmpty()) {
            node.ask(
                    person,
                    client -> new FabricEdit(client).apply(now -> {
                        HostSpec spec = now.hosts().get(name);
                        return spec == null ? now : now.withHost(name, FarEnds.at(spec, change));
                    }));
        }
    }

    /** Tells a fabric that these hosts have founded of those to which machines can be moved, as soon as it answers. */
    void introduce(List<HostRecord> founders) {
        for (HostRecord record : founders) {
            HostRecord.@Nullable Libvirt libvirt = record.facts().libvirt();
            if (joining || !record.wanted().node() || libvirt == null || !libvirt.answers()) {
                continue;
            }
            Ticker ticker = Ticker.system();
            long deadline = ticker.nanoTime() + FOUNDING.toNanos();
            Optional<WireException> refused = tellNow(record);
            if (refused.isPresent()) {
                output.progress("waiting for the fabric, to tell it of " + record.name());
            }
            while (refused.isPresent() && ticker.nanoTime() < deadline) {
                LockSupport.parkNanos(PAUSE.toNanos());
                refused = tellNow(record);
            }
            refused.ifPresent(why -> output.warn("the fabric does not know of " + record.name(), why));
        }
    }

    /** Tells the fabric, so that machines can be moved there. */
    private void tell(HostRecord record) {
        tellNow(record).ifPresent(why -> output.warn("the fabric does not know of " + record.name(), why));
    }

    /** What was against it, if anything was. */
    private Optional<WireException> tellNow(HostRecord record) {
        try (WireEnd end = new WireEnd(new EndpointRef("", record.name()), person.connector(record.name()))) {
            HostSpec described =
                    withHypervisor(new FabricHost(end).describe(person).in(record.cloud()), record);
            node.ask(
                    person,
                    client -> new FabricEdit(client)
                            .apply(now ->
                                    now.withHost(record.name(), told(now.hosts().get(record.name()), described))));
            return Optional.empty();
        } catch (WireException e) {
            return Optional.of(e);
        }
    }

    /** What somebody else has said of it stays, but for what was never said. */
    private static HostSpec told(@Nullable HostSpec known, HostSpec described) {
        if (known == null) {
            return described;
        }
        HostSpec reached = known.inside() == null && known.api().equals(described.api())
                ? known.within(described.network(), described.inside())
                : known;
        return reached.libvirt() == null && described.libvirt() != null
                ? reached.withLibvirt(described.libvirt(), described.libvirtPeer())
                : reached;
    }

    private static HostSpec withHypervisor(HostSpec host, HostRecord record) {
        HostRecord.@Nullable Libvirt libvirt = record.facts().libvirt();
        if (libvirt == null || !libvirt.answers()) {
            return host;
        }
        return host.withLibvirt(libvirt.uri(), libvirt.peerUri());
    }

    private synchronized void forget(String name) {
        Optional<HostRecord> record = records.find(name);
        record.map(it -> it.facts().address())
                .ifPresent(address ->
                        NodeOption.forget(person.home(), new HostAddress(address, NodeClient.DEFAULT_PORT).toString()));
        // The last node takes the fabric with it.
        if (!NodeOption.noted(person.home()).isEmpty() && person.hosts().all().containsKey(name)) {
            try {
                node.ask(person, client -> new FabricEdit(client).apply(now -> now.withoutHost(name)));
            } catch (WireException e) {
                output.warn("the fabric still knows of " + name, e);
            }
        }
        person.hosts().remove(name);
    }

    HostRecord known(String name) {
        return records.find(name)
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "no host " + name + " was launched or added from here",
                        "see 'wire host ls'"));
    }
}
