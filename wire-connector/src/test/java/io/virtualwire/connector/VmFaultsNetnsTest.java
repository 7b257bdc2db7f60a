package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.WIRE;
import static io.virtualwire.connector.ConnectorLab.generation;
import static io.virtualwire.connector.VmLab.GUEST;
import static io.virtualwire.connector.VmLab.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Side;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What befalls connectors while libvirt moves a real machine: it runs in exactly one place, and in the end with its network.
 * With {@code -Dwire.long=true} every cell, otherwise the hardest.
 */
@NetnsTest
final class VmFaultsNetnsTest {
    private final VmLab lab = new VmLab();

    /** What happens, and when. */
    enum Cell {
        TARGET_CONNECTOR_DIES_BEFORE,
        TARGET_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_ARRIVES,
        TARGET_CONNECTOR_DIES_AFTER,
        SOURCE_CONNECTOR_DIES_BEFORE,
        SOURCE_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_LEAVES,
        LINK_BREAKS_AND_LIBVIRT_GIVES_UP,
        SOURCE_RUNS_AGAIN_AFTER
    }

    static Stream<Cell> cells() {
        return Boolean.getBoolean("wire.long")
                ? Stream.of(Cell.values())
                : Stream.of(Cell.TARGET_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_ARRIVES);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void theMachineKeepsItsNetwork(Cell cell) {
        lab.up();
        VmLab.Place a = lab.a();
        VmLab.Place b = lab.b();
        String identity = lab.identity();
        lab.prepare(a, b, 1);
        boolean moved = true;
        switch (cell) {
            case TARGET_CONNECTOR_DIES_BEFORE -> {
                b.killConnector();
                b.startConnector();
                VmLab.awaitAgreed(b);
                lab.migrate(a, b);
            }
            case TARGET_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_ARRIVES -> {
                b.killConnector();
                lab.migrate(a, b);
                b.startConnector();
                // Its announcements were heard by nobody; who drives the move knows from libvirt that it has arrived.
                b.connector().activate(WIRE, Side.A, generation(2));
            }
            case TARGET_CONNECTOR_DIES_AFTER -> {
                lab.migrate(a, b);
                lab.awaitGuest();
                b.killConnector();
                b.startConnector();
                b.connector().activate(WIRE, Side.A, generation(2));
            }
            case SOURCE_CONNECTOR_DIES_BEFORE -> {
                a.killConnector();
                a.startConnector();
                VmLab.awaitAgreed(a);
                lab.migrate(a, b);
            }
            case SOURCE_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_LEAVES -> {
                a.killConnector();
                lab.migrate(a, b);
                lab.awaitGuest();
                a.startConnector();
            }
            case SOURCE_RUNS_AGAIN_AFTER -> {
                lab.migrate(a, b);
                lab.awaitGuest();
                a.libvirt().start(LinuxGuest.named("web").nic("web0", VmLab.MAC, GUEST + "/24"));
                Awaitility.await("it speaks, and nobody hears it")
                        .atMost(LIMIT)
                        .until(() -> a.connector().wire(WIRE).getFirst().drops().getOrDefault("yielded", 0L) > 0);
                assertThat(lab.identity()).isEqualTo(identity);
                a.libvirt().virsh("destroy", "web");
            }
            case LINK_BREAKS_AND_LIBVIRT_GIVES_UP -> {
                moved = false;
                b.host().ip("link set eth0 down");
                assertThat(a.libvirt()
                                .tryVirsh(
                                        "migrate",
                                        "--live",
                                        "--p2p",
                                        "web",
                                        b.libvirt().tcpUri())
                                .succeeded())
                        .isFalse();
                b.host().ip("link set eth0 up");
                b.connector().disconnect(WIRE, Side.A, generation(2));
            }
        }
        VmLab.Place here = moved ? b : a;
        VmLab.Place left = moved ? a : b;
        lab.awaitGuest();
        assertThat(lab.identity()).isEqualTo(identity);
        assertThat(here.libvirt().running()).isEqualTo(List.of("web"));
        assertThat(left.libvirt().running()).isEmpty();
        assertThat(here.sideState()).isEqualTo("active");
        if (moved) {
            Awaitility.await("the old place knows")
                    .atMost(LIMIT)
                    .until(() -> left.sideState().equals("yielded"));
            left.connector().disconnect(WIRE, Side.A, generation(1));
        }
        assertThat(left.connector().wire(WIRE)).isEmpty();

        PingLog pings = new PingLog(lab.far(), GUEST);
        lab.far().run("ping", "-c", "20", "-i", "0.05", "-W", "5", GUEST);
        PingLog.Result result = pings.end();
        assertThat(result.lost()).isEmpty();
        assertThat(result.duplicates()).isZero();
    }
}
