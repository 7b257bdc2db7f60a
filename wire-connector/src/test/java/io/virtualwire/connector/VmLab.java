package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_BEHIND_A;
import static io.virtualwire.connector.ConnectorLab.WIRE;
import static io.virtualwire.connector.ConnectorLab.generation;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LibvirtHost;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * Two hosts with a connector and a hypervisor each, a machine that runs on one of them, and a far end.
 *
 * <pre>
 *   a: libvirtd, QEMU ─ web0 ─ connector ═══╗
 *              │ the guest, 10.1.0.1        ╠═══ c: connector ─ db (10.1.0.2)
 *   b: libvirtd, QEMU ─ web0 ─ connector ═══╝
 * </pre>
 */
final class VmLab implements AutoCloseable {
    static final String GUEST = "10.1.0.1";
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials FAR = ACME.issue("host-c");
    static final String MAC = "52:54:00:00:00:41";

    private final ConnectorLab lab = new ConnectorLab();
    private final List<AutoCloseable> daemons = new ArrayList<>();
    private final Namespace far = lab.behindA();
    private final Place a = new Place(lab.hostA(), ADDRESS_A, "host-a");
    private final Place b = new Place(lab.hostB(), ADDRESS_B, "host-b");
    private final ConnectorClient farConnector = lab.client(far, ADDRESS_BEHIND_A, ME);
    private Place here = a;
    private long generation = 1;
    private long newest = 1;

    /** A host with a hypervisor. */
    final class Place {
        private final Namespace host;
        private final String address;
        private final Credentials credentials;
        private final ConnectorClient connector;
        private final LibvirtHost libvirt;
        private RunningCommand process;

        Place(Namespace host, String address, String name) {
            this.host = host;
            this.address = address;
            this.credentials = ACME.issue(name);
            this.libvirt = LibvirtHost.start(host, lab.file("libvirt-" + name), address);
            daemons.add(libvirt);
            this.connector = lab.client(host, address, ME);
            this.process = lab.begin(host, address, credentials, "");
        }

        private void awaitConnector() {
            process.awaitLine("ready " + credentials.identity(), LIMIT);
            awaitAnswer(connector);
        }

        Namespace host() {
            return host;
        }

        ConnectorClient connector() {
            return connector;
        }

        LibvirtHost libvirt() {
            return libvirt;
        }

        void killConnector() {
            process.kill();
        }

        void startConnector() {
            process = lab.begin(host, address, credentials, "");
            awaitConnector();
        }

        /** Another process takes the connector over, which goes on meanwhile. */
        void takeOverConnector() {
            takeOverConnector(() -> {});
        }

        /** @param before done when all is prepared, right before the connector stands still */
        void takeOverConnector(Runnable before) {
            Path gate = lab.file("gate-" + credentials.identity().name() + "-" + newest);
            RunningCommand successor =
                    lab.begin(host, address, credentials, "", "take-over", "PREPARED", gate.toString());
            successor.awaitLine("stopped at PREPARED", LIMIT);
            before.run();
            try {
                Files.createFile(gate);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            successor.awaitLine("ready " + credentials.identity(), LIMIT);
            process.awaitLine("replaced by " + successor.pid(), LIMIT);
            process = successor;
            awaitAnswer(connector);
        }

        String sideState() {
            return connector.wire(WIRE).getFirst().state();
        }

        /** What the side here has counted by that name. */
        long counted(String name) {
            return connector.wire(WIRE).getFirst().counters().getOrDefault(name, 0L);
        }

        /** As who drives a move does when libvirt says that the machine has arrived. */
        void activate() {
            connector.activate(WIRE, Side.A, generation(newest));
        }

        private RelayDescription relay(long generation) {
            return new RelayDescription(credentials.identity(), generation(generation), List.of(address + ":7471"));
        }

        private PeerDescription peer(long generation) {
            return new PeerDescription(
                    credentials.identity(), generation(generation), List.of(address + ":7471"), false);
        }
    }

    /** The machine runs at a, at generation 1, and answers. */
    VmLab up() {
        lab.start(far, ADDRESS_BEHIND_A, FAR, "");
        awaitAnswer(farConnector);
        farConnector.putEndpoint(EndpointDescription.named("db"));
        far.address("db", "10.1.0.2/24");
        for (Place each : List.of(a, b)) {
            each.awaitConnector();
            each.connector()
                    .putEndpoint(new EndpointDescription(
                            "web", "web0", Optional.empty(), false, 1500, Optional.of(MAC), true));
        }
        a.connector().connect(sideA(generation, Role.ACTIVE, Optional.empty(), Optional.empty()));
        farConnector.connect(sideB(a.peer(1)));
        a.libvirt().awaitReady().start(LinuxGuest.named("web").nic("web0", MAC, GUEST + "/24"));
        b.libvirt().awaitReady();
        awaitGuest();
        return this;
    }

    /** On a busy machine the first call may take longer than a caller waits. */
    private static void awaitAnswer(ConnectorClient connector) {
        Awaitility.await("the connector answers")
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(WireException.class)
                .until(() -> connector.health() != null);
    }

    /** Where the machine is. */
    Place here() {
        return here;
    }

    /** Where it is not. */
    Place there() {
        return here == a ? b : a;
    }

    Namespace far() {
        return far;
    }

    void awaitGuest() {
        Awaitility.await("the guest answers")
                .atMost(LIMIT)
                .until(() -> far.tryRun("ping", "-c", "1", "-W", "1", GUEST).succeeded());
    }

    /** The guest's name and boot id: the same as long as it is the same running machine. */
    String identity() {
        String said = far.run("curl", "-sS", "http://" + GUEST + "/cgi-bin/id").text();
        return said.substring(0, said.lastIndexOf(' ', said.lastIndexOf(' ') - 1));
    }

    /** Where the machine is not there is a standby for it, which everybody knows. */
    void prepare() {
        newest++;
        Place to = there();
        to.connector().connect(sideA(newest, Role.STANDBY, Optional.empty(), Optional.of(here.relay(generation))));
        here.connector().connect(sideA(generation, Role.ACTIVE, Optional.of(to.relay(newest)), Optional.empty()));
        farConnector.connect(sideB(to.peer(newest)));
        awaitAgreed(to);
    }

    /** The machine is at the other place now, and the old one is done with it. */
    void arrived() {
        here.connector().disconnect(WIRE, Side.A, generation(generation));
        here = there();
        generation = newest;
    }

    /** It stays where it is. */
    void calledOff() {
        there().connector().disconnect(WIRE, Side.A, generation(newest));
    }

    static void awaitAgreed(Place place) {
        Awaitility.await("both ends agree")
                .atMost(LIMIT)
                .until(() -> !place.connector().wire(WIRE).isEmpty()
                        && place.connector().wire(WIRE).stream().allMatch(WireStatus::isAgreed));
    }

    /** Cuts the line between the two places, or mends it; at the end that has no route by it, which would be gone for good. */
    void link(boolean up) {
        a.host().ip("link set eth0 " + (up ? "up" : "down"));
    }

    /** Lets libvirt move the machine; nobody tells a connector when. */
    void migrate() {
        assertThat(tryMigrate()).isTrue();
    }

    /** The same; whether libvirt could. */
    boolean tryMigrate() {
        return here.libvirt()
                .tryVirsh("migrate", "--live", "--p2p", "web", there().libvirt().tcpUri())
                .succeeded();
    }

    private static ConnectRequest sideA(
            long own, Role role, Optional<RelayDescription> to, Optional<RelayDescription> from) {
        return new ConnectRequest(
                WIRE,
                Side.A,
                generation(own),
                "web",
                new PeerDescription(FAR.identity(), generation(1), List.of(ADDRESS_BEHIND_A + ":7471"), false),
                new ConnectOptions(role, false),
                to,
                from);
    }

    private static ConnectRequest sideB(PeerDescription peer) {
        return new ConnectRequest(
                WIRE, Side.B, generation(1), "db", peer, ConnectOptions.DEFAULT, Optional.empty(), Optional.empty());
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable daemon : daemons) {
            daemon.close();
        }
        lab.close();
    }
}
