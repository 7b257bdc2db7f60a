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
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LibvirtHost;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A real machine is live-migrated by libvirt, and the wires steer themselves: nobody tells a connector when.
 *
 * <pre>
 *   a: libvirtd, QEMU ─ web0 ─ connector ═══╗
 *              │ the guest, 10.1.0.1        ╠═══ c: connector ─ db (10.1.0.2), pings every 10 ms
 *   b: libvirtd, QEMU ─ web0 ─ connector ═══╝
 * </pre>
 */
@NetnsTest
final class VmMoveNetnsTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final Credentials ME = ACME.issue("me");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String MAC = "52:54:00:00:00:41";
    private static final String GUEST = "10.1.0.1";
    private static final int MOVES = Boolean.getBoolean("wire.long") ? 20 : 3;
    private static final Pattern RARP = Pattern.compile("(?m)^(\\d+\\.\\d+) .*Reverse");
    private static final Pattern PAUSE = Pattern.compile("(?m)^Total downtime: +(\\d+) +ms");

    private final ConnectorLab lab = new ConnectorLab();
    private final List<AutoCloseable> daemons = new ArrayList<>();

    /** A host with a hypervisor. */
    private record Place(
            Namespace host, String address, Credentials credentials, ConnectorClient connector, LibvirtHost libvirt) {}

    /** One move as it was seen from outside. */
    private record Move(PingLog.Result pings, double pauseMillis, double activationMillis) {
        double networkMillis() {
            return pings.gapMillis() - pauseMillis;
        }

        @Override
        public String toString() {
            return String.format(
                    "gap %.1f ms, of which QEMU's pause %.0f ms; lost %s of %d, twice %d, latest %.1f ms; RARP to far end %.2f ms",
                    pings.gapMillis(),
                    pauseMillis,
                    pings.lost(),
                    pings.sent(),
                    pings.duplicates(),
                    pings.latestMillis(),
                    activationMillis);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable daemon : daemons) {
            daemon.close();
        }
        lab.close();
    }

    @Test
    void aMachineMovesAndNothingIsLostOrComesTwice() {
        Namespace far = lab.behindA();
        Credentials farCredentials = ACME.issue("host-c");
        Place a = place(lab.hostA(), ADDRESS_A, "host-a");
        Place b = place(lab.hostB(), ADDRESS_B, "host-b");
        lab.start(far, ADDRESS_BEHIND_A, farCredentials, "");
        ConnectorClient c = lab.client(far, ADDRESS_BEHIND_A, ME);
        c.putEndpoint(EndpointDescription.named("db"));
        far.address("db", "10.1.0.2/24");
        for (Place each : List.of(a, b)) {
            each.connector()
                    .putEndpoint(new EndpointDescription(
                            "web", "web0", Optional.empty(), false, 1500, Optional.of(MAC), true));
        }
        a.connector().connect(sideA(1, Role.ACTIVE, farCredentials, Optional.empty(), Optional.empty()));
        c.connect(sideB(a, 1));
        a.libvirt().awaitReady().start(LinuxGuest.named("web").nic("web0", MAC, GUEST + "/24"));
        b.libvirt().awaitReady();
        Awaitility.await("the guest answers")
                .atMost(LIMIT)
                .until(() -> far.tryRun("ping", "-c", "1", "-W", "1", GUEST).succeeded());
        String identity = identity(far);

        List<Move> moves = new ArrayList<>();
        for (int number = 1; number <= MOVES; number++) {
            Move move = number % 2 == 1
                    ? move(a, b, number, c, far, farCredentials)
                    : move(b, a, number, c, far, farCredentials);
            System.out.println("move " + number + ": " + move);
            moves.add(move);
        }

        assertThat(identity(far)).isEqualTo(identity);
        assertThat(moves).allSatisfy(move -> {
            assertThat(move.pings().duplicates()).isZero();
            assertThat(move.pings().lost().size()).isLessThanOrEqualTo(1);
        });
        assertThat(median(moves.stream()
                        .mapToDouble(it -> it.pings().lost().size())
                        .toArray()))
                .isZero();
        System.out.printf(
                "median of %d moves: gap minus pause %.1f ms, RARP to far end %.2f ms%n",
                MOVES,
                median(moves.stream().mapToDouble(Move::networkMillis).toArray()),
                median(moves.stream().mapToDouble(Move::activationMillis).toArray()));
    }

    private Place place(Namespace host, String address, String name) {
        Credentials credentials = ACME.issue(name);
        LibvirtHost libvirt = LibvirtHost.start(host, lab.file("libvirt-" + name), address);
        daemons.add(libvirt);
        lab.start(host, address, credentials, "");
        return new Place(host, address, credentials, lab.client(host, address, ME), libvirt);
    }

    /** Prepares the side at its new place, lets libvirt move the machine, and waits until the old place is drained. */
    private Move move(Place from, Place to, int number, ConnectorClient far, Namespace farHost, Credentials farIs) {
        RelayDescription old = relay(from, number);
        RelayDescription successor = relay(to, number + 1);
        to.connector().connect(sideA(number + 1, Role.STANDBY, farIs, Optional.empty(), Optional.of(old)));
        from.connector().connect(sideA(number, Role.ACTIVE, farIs, Optional.of(successor), Optional.empty()));
        far.connect(sideB(to, number + 1));
        Awaitility.await("the standby is agreed")
                .atMost(LIMIT)
                .until(() -> to.connector().wire(WIRE).stream().allMatch(WireStatus::isAgreed));
        RunningCommand atTarget = capture(to.host(), "web0");
        RunningCommand atFarEnd = capture(farHost, "db");
        PingLog pings = new PingLog(farHost, GUEST);

        from.libvirt().virsh("migrate", "--live", "--p2p", "web", to.libvirt().tcpUri());
        String job = to.libvirt()
                .virsh("domjobinfo", "web", "--completed", "--anystats")
                .text();

        assertThat(to.connector().wire(WIRE)).allMatch(it -> it.state().equals("active"));
        assertThat(from.connector().wire(WIRE)).allMatch(it -> it.state().equals("yielded"));
        PingLog.Result result = pings.end();
        double seen = first(atTarget);
        double flipped = first(atFarEnd);
        from.connector().disconnect(WIRE, Side.A, generation(number));
        return new Move(result, number(PAUSE, job), (flipped - seen) * 1e3);
    }

    private static RunningCommand capture(Namespace host, String device) {
        RunningCommand capture =
                host.start("tcpdump", "-i", device, "-n", "-tt", "-l", "--immediate-mode", "ether proto 0x8035");
        capture.awaitLine("listening on.*", LIMIT);
        return capture;
    }

    private static double first(RunningCommand capture) {
        capture.awaitLine(RARP.pattern(), LIMIT);
        capture.close();
        return number(RARP, capture.output());
    }

    private static double number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return Double.parseDouble(found.group(1));
    }

    private String identity(Namespace far) {
        String said = far.run("curl", "-sS", "http://" + GUEST + "/cgi-bin/id").text();
        return said.substring(0, said.lastIndexOf(' ', said.lastIndexOf(' ') - 1));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static ConnectRequest sideA(
            long own, Role role, Credentials far, Optional<RelayDescription> to, Optional<RelayDescription> from) {
        return new ConnectRequest(
                WIRE,
                Side.A,
                generation(own),
                "web",
                new PeerDescription(far.identity(), generation(1), List.of(ADDRESS_BEHIND_A + ":7471"), false),
                new ConnectOptions(role, false),
                to,
                from);
    }

    private static ConnectRequest sideB(Place peer, long generation) {
        return new ConnectRequest(
                WIRE,
                Side.B,
                generation(1),
                "db",
                new PeerDescription(
                        peer.credentials().identity(),
                        generation(generation),
                        List.of(peer.address() + ":7471"),
                        false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    private static RelayDescription relay(Place place, long generation) {
        return new RelayDescription(
                place.credentials().identity(), generation(generation), List.of(place.address() + ":7471"));
    }
}
