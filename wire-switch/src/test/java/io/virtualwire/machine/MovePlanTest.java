package io.virtualwire.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMovePhase;
import io.virtualwire.topology.VmMoveWay;
import io.virtualwire.topology.VmRecord;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class MovePlanTest {
    private static final String TLS = "qemu+tls://192.0.2.7/system";
    private static final String PEER = TLS + "?pkipath=/etc/libvirt/pki";

    @Test
    void memoryGoesThroughTheTlsByWhichATargetIsReached() {
        MigrationPlan plan = plan(VmMoveWay.DEFAULT, host(TLS, PEER));
        assertThat(plan.mode()).isEqualTo(MigrationPlan.Mode.TUNNELLED);
        assertThat(plan.target()).isEqualTo(PEER);
        assertThat(plan(VmMoveWay.DEFAULT, host(TLS, null)).mode()).isEqualTo(MigrationPlan.Mode.TUNNELLED);
    }

    @Test
    void byOtherWaysItGoesAsItWasAskedFor() {
        HostSpec plain = host("qemu+ssh://192.0.2.7/system", "qemu+tcp://192.0.2.7/system");
        assertThat(plan(VmMoveWay.DEFAULT, plain).mode()).isEqualTo(MigrationPlan.Mode.PEER_TO_PEER);
        assertThat(plan(way(VmMoveWay.TUNNELLED, false), plain).mode()).isEqualTo(MigrationPlan.Mode.TUNNELLED);
        MigrationPlan managed = plan(way(VmMoveWay.MANAGED, false), host(TLS, PEER));
        assertThat(managed.mode()).isEqualTo(MigrationPlan.Mode.MANAGED);
        assertThat(managed.target()).as("as the node reaches it").isEqualTo(TLS);
    }

    @Test
    void postCopyIsRefusedWhereMemoryWouldGoInTheClear() {
        assertThatThrownBy(() -> plan(way(VmMoveWay.PEER_TO_PEER, true), host(TLS, PEER)))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("cannot move web1 to w1 with post-copy");
        assertThat(plan(way(VmMoveWay.PEER_TO_PEER, true), host("qemu+tcp://192.0.2.7/system", null))
                        .postCopy())
                .isTrue();
    }

    private static VmMoveWay way(String mode, boolean postCopy) {
        return new VmMoveWay(mode, postCopy, false, 0);
    }

    private static HostSpec host(String libvirt, String peer) {
        return new HostSpec("192.0.2.7:7472", List.of(), null).withLibvirt(libvirt, peer);
    }

    @Test
    void hypervisorsReachTheTargetFromTheirHostAndTheNodeFromItsOwn() {
        HostSpec near = host("qemu+tls://172.31.0.7/system", "qemu+tls://172.31.0.7/system?pkipath=/etc/libvirt/pki");
        assertThat(plan(VmMoveWay.DEFAULT, near, host(TLS, PEER)).target()).isEqualTo(near.libvirtPeer());
        assertThat(plan(way(VmMoveWay.MANAGED, false), host(TLS, PEER), near).target())
                .isEqualTo(near.libvirt());
    }

    private static MigrationPlan plan(VmMoveWay way, HostSpec to) {
        return plan(way, to, to);
    }

    private static MigrationPlan plan(VmMoveWay way, HostSpec to, HostSpec near) {
        VmMove move =
                new VmMove("web1", 5, "e1", "w1", way, VmMovePhase.MOVE, "n1", "n1-1", false, "", Optional.empty());
        return MovePlan.of(move, new VmRecord("web1", "web1", new UUID(0, 1), "e1", List.of()), to, near);
    }
}
