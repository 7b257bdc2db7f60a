package io.virtualwire.machine;

import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMoveWay;
import io.virtualwire.topology.VmNic;
import io.virtualwire.topology.VmRecord;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What hypervisors are asked for, of what was asked of the fabric. */
final class MovePlan {
    private static final String TLS = "qemu+tls:";

    private MovePlan() {}

    /**
     * The plan of a move.
     *
     * @param to its target, as the source's hypervisor reaches it
     * @param near its target, as this node does
     */
    static MigrationPlan of(VmMove move, VmRecord vm, HostSpec to, HostSpec near) {
        VmMoveWay way = move.way();
        MigrationPlan.Mode asked = switch (way.mode()) {
            case VmMoveWay.MANAGED -> MigrationPlan.Mode.MANAGED;
            case VmMoveWay.TUNNELLED -> MigrationPlan.Mode.TUNNELLED;
            default -> MigrationPlan.Mode.PEER_TO_PEER;
        };
        String target = String.valueOf(
                asked == MigrationPlan.Mode.MANAGED
                        ? near.libvirt()
                        : to.libvirtPeer() == null ? to.libvirt() : to.libvirtPeer());
        return new MigrationPlan(
                target,
                // Who has hypervisors speak by TLS does not mean a machine's memory to go beside it in the clear.
                asked == MigrationPlan.Mode.PEER_TO_PEER && target.startsWith(TLS) ? tunnelled(move, way) : asked,
                way.copyStorage() ? MigrationPlan.Storage.COPIED : MigrationPlan.Storage.SHARED,
                way.postCopy(),
                Optional.empty(),
                way.bandwidthMebibytes() > 0 ? OptionalInt.of(way.bandwidthMebibytes()) : OptionalInt.empty(),
                OptionalInt.empty(),
                vm.nics().stream().map(VmNic::device).collect(Collectors.toSet()));
    }

    private static MigrationPlan.Mode tunnelled(VmMove move, VmMoveWay way) {
        if (way.postCopy()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot move " + move.vm() + " to " + move.to()
                            + " with post-copy: its memory goes through the hypervisors' own TLS, by which none can be fetched later",
                    "move it without post-copy");
        }
        return MigrationPlan.Mode.TUNNELLED;
    }
}
