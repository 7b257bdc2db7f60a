package io.virtualwire.connector;

import io.virtualwire.client.WireStatus;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.metrics.AssociationReport;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideActivation;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideStatus;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The data plane's own records as the interface shows them. */
final class StatusReport {
    private StatusReport() {}

    static WireStatus of(SideStatus side) {
        SideCounters counted = side.counters();
        return new WireStatus(
                side.wire().bare(),
                side.side(),
                side.generation(),
                EndpointKey.parse(side.endpoint()).name(),
                side.state().name().toLowerCase(Locale.ROOT),
                side.options().plain(),
                side.activation().map(StatusReport::of),
                side.peers().stream().map(StatusReport::of).toList(),
                Map.of(
                        "framesOut", counted.framesOut(),
                        "bytesOut", counted.bytesOut(),
                        "segmentsOut", counted.segmentsOut(),
                        "framesIn", counted.framesIn(),
                        "bytesIn", counted.bytesIn(),
                        "segmentsIn", counted.segmentsIn(),
                        "framesRelayed", counted.framesRelayed(),
                        "lateRelayed", counted.lateRelayed(),
                        "framesParked", (long) side.parkedFrames()),
                AssociationReport.byName(side.drops()));
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
