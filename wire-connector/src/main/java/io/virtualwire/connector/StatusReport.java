package io.virtualwire.connector;

import io.virtualwire.client.WireStatus;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.kernel.Carriage;
import io.virtualwire.control.Backend;
import io.virtualwire.kernel.SideReport;
import io.virtualwire.metrics.AssociationReport;
import io.virtualwire.port.DropReason;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideActivation;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The data plane's own records as the interface shows them. */
final class StatusReport {
    private StatusReport() {}

    static WireStatus of(SideStatus side) {
        return of(side, Optional.empty());
    }

    /** @param carriage what carries its frames, if the kernel was asked to */
    static WireStatus of(SideStatus side, Optional<Carriage> carriage) {
        Optional<SideReport> kernel = carriage.flatMap(Carriage::counted);
        SideCounters counted = side.counters();
        return new WireStatus(
                side.wire().bare(),
                side.side(),
                side.generation(),
                EndpointKey.parse(side.endpoint()).name(),
                side.state().name().toLowerCase(Locale.ROOT),
                side.options().plain(),
                carriage.map(it -> backing(side, it)),
                side.activation().map(StatusReport::of),
                side.peers().stream().map(StatusReport::of).toList(),
                Map.of(
                        "framesOut",
                        counted.framesOut() + kernel.map(SideReport::sentFrames).orElse(0L),
                        "bytesOut",
                        counted.bytesOut() + kernel.map(SideReport::sentBytes).orElse(0L),
                        "segmentsOut",
                        counted.segmentsOut(),
                        "framesIn",
                        counted.framesIn()
                                + kernel.map(SideReport::receivedFrames).orElse(0L),
                        "bytesIn",
                        counted.bytesIn()
                                + kernel.map(SideReport::receivedBytes).orElse(0L),
                        "segmentsIn",
                        counted.segmentsIn(),
                        "framesRelayed",
                        counted.framesRelayed(),
                        "lateRelayed",
                        counted.lateRelayed(),
                        "framesParked",
                        (long) side.parkedFrames()),
                drops(side, kernel));
    }

    private static WireStatus.Backing backing(SideStatus side, Carriage carriage) {
        return new WireStatus.Backing(
                side.options().asked().toString(),
                (carriage.byKernel() ? Backend.KERNEL : Backend.USER).toString(),
                carriage.reason().orElse(""));
    }

    private static Map<String, Long> drops(SideStatus side, Optional<SideReport> kernel) {
        Map<DropReason, Long> drops = new HashMap<>(side.drops());
        kernel.ifPresent(it -> {
            if (it.mutedFrames() > 0) {
                drops.merge(
                        side.state() == SideState.STANDBY ? DropReason.STANDBY : DropReason.YIELDED,
                        it.mutedFrames(),
                        Long::sum);
            }
            if (it.forgedFrames() > 0) {
                drops.merge(DropReason.FORGED_SOURCE, it.forgedFrames(), Long::sum);
            }
        });
        return AssociationReport.byName(drops);
    }

    private static WireStatus.Activation of(SideActivation activation) {
        return new WireStatus.Activation(
                activation.cause().name().toLowerCase(Locale.ROOT),
                millis(activation.heardNanos()),
                millis(activation.firstFrameNanos()));
    }

    private static Optional<Double> millis(long nanos) {
        return nanos < 0 ? Optional.empty() : Optional.of(Math.round(nanos / 1e4) / 100.0);
    }

    private static WireStatus.Peer of(PeerStatus peer) {
        return new WireStatus.Peer(
                peer.identity(),
                peer.generation(),
                peer.state().name().toLowerCase(Locale.ROOT),
                peer.paths(),
                peer.leg().agreed(),
                peer.leg().pathUp(),
                peer.leg().plain(),
                peer.leg().payloadBudget(),
                peer.sentFrames(),
                peer.receivedFrames(),
                peer.heldFrames());
    }
}
