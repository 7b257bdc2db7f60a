package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.WIRE;
import static io.virtualwire.connector.VmLab.GUEST;
import static io.virtualwire.connector.VmLab.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What befalls connectors while libvirt moves a real machine: it runs in exactly one place, and in the end with its network.
 * With {@code -Dwire.long=true}; the hardest, that nobody is at the target when it arrives, is in {@link VmMoveNetnsTest}.
 */
@NetnsTest
final class VmFaultsNetnsTest {
    private static @Nullable VmLab shared;

    /** What happens, and when. */
    enum Cell {
        TARGET_CONNECTOR_DIES_BEFORE,
        TARGET_CONNECTOR_DIES_AFTER,
        SOURCE_CONNECTOR_DIES_BEFORE,
        SOURCE_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_LEAVES,
        LINK_BREAKS_AND_LIBVIRT_GIVES_UP,
        SOURCE_RUNS_AGAIN_AFTER
    }

    static Stream<Cell> cells() {
        return Boolean.getBoolean("wire.long") ? Stream.of(Cell.values()) : Stream.empty();
    }

    private static VmLab lab() {
        VmLab lab = shared;
        if (lab == null) {
            lab = new VmLab();
            shared = lab;
            lab.up();
        }
        return lab;
    }

    @AfterAll
    static void close() throws Exception {
        if (shared != null) {
            shared.close();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("cells")
    void theMachineKeepsItsNetwork(Cell cell) {
        VmLab lab = lab();
        VmLab.Place from = lab.here();
        VmLab.Place to = lab.there();
        String identity = lab.identity();
        lab.prepare();
        boolean moved = true;
        switch (cell) {
            case TARGET_CONNECTOR_DIES_BEFORE -> {
                to.killConnector();
                to.startConnector();
                VmLab.awaitAgreed(to);
                lab.migrate();
            }
            case TARGET_CONNECTOR_DIES_AFTER -> {
                lab.migrate();
                lab.awaitGuest();
                to.killConnector();
                to.startConnector();
                to.activate();
            }
            case SOURCE_CONNECTOR_DIES_BEFORE -> {
                from.killConnector();
                from.startConnector();
                VmLab.awaitAgreed(from);
                lab.migrate();
            }
            case SOURCE_CONNECTOR_IS_AWAY_WHEN_THE_MACHINE_LEAVES -> {
                from.killConnector();
                lab.migrate();
                lab.awaitGuest();
                from.startConnector();
            }
            case SOURCE_RUNS_AGAIN_AFTER -> {
                lab.migrate();
                lab.awaitGuest();
                from.libvirt().start(LinuxGuest.named("web").nic("web0", VmLab.MAC, GUEST + "/24"));
                Awaitility.await("it speaks, and nobody hears it")
                        .atMost(LIMIT)
                        .until(() ->
                                from.connector().wire(WIRE).getFirst().drops().getOrDefault("yielded", 0L) > 0);
                assertThat(lab.identity()).isEqualTo(identity);
                from.libvirt().virsh("destroy", "web");
            }
            case LINK_BREAKS_AND_LIBVIRT_GIVES_UP -> {
                moved = false;
                lab.link(false);
                assertThat(lab.tryMigrate()).isFalse();
                lab.link(true);
            }
        }
        if (moved) {
            Awaitility.await("the old place knows")
                    .atMost(LIMIT)
                    .until(() -> from.sideState().equals("yielded"));
            lab.arrived();
        } else {
            lab.calledOff();
        }
        lab.awaitGuest();
        assertThat(lab.identity()).isEqualTo(identity);
        assertThat(lab.here().libvirt().running()).isEqualTo(List.of("web"));
        assertThat(lab.there().libvirt().running()).isEmpty();
        assertThat(lab.here().sideState()).isEqualTo("active");
        assertThat(lab.there().connector().wire(WIRE)).isEmpty();

        PingLog pings = new PingLog(lab.far(), GUEST);
        lab.far().run("ping", "-c", "20", "-i", "0.05", "-W", "5", GUEST);
        PingLog.Result result = pings.end();
        assertThat(result.lost()).isEmpty();
        assertThat(result.duplicates()).isZero();
    }
}
