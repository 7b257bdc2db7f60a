package io.virtualwire.connector;

import io.virtualwire.association.SessionStatus;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.port.DropReason;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideStatus;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

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
                byName(side.drops()));
    }

    static AssociationStatus of(io.virtualwire.association.AssociationStatus association) {
        return new AssociationStatus(
                association.peer(),
                association.address(),
                association.up(),
                association.sessions().stream()
                        .filter(SessionStatus::current)
                        .map(SessionStatus::cipher)
                        .findFirst(),
                association.roundTrip().map(it -> it.toNanos() / 1000),
                association.pathMtu(),
                Map.of(
                        "sessions",
                        (long) association.sessions().size(),
                        "datagramsOut",
                        association.sessions().stream()
                                .mapToLong(SessionStatus::sent)
                                .sum(),
                        "datagramsIn",
                        association.sessions().stream()
                                .mapToLong(SessionStatus::received)
                                .sum()),
                byName(association.drops()));
    }

    static Map<String, Long> byName(Map<DropReason, Long> drops) {
        Map<String, Long> named = new HashMap<>();
        drops.forEach((reason, count) -> named.put(reason.metricName(), count));
        return named;
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
