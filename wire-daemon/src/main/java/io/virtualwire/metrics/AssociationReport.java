package io.virtualwire.metrics;

import io.virtualwire.association.LaneStatus;
import io.virtualwire.association.SessionStatus;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.port.DropReason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** An association's own record as interfaces and metrics show it. */
public final class AssociationReport {
    private AssociationReport() {}

    /** What is known of the connection to a peer. */
    public static AssociationStatus of(io.virtualwire.association.AssociationStatus association) {
        return new AssociationStatus(
                association.peer(),
                association.address(),
                Optional.of(association.way().wireName()),
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
                                .sum(),
                        "lanes",
                        (long) association.lanes().size(),
                        "lanesUsed",
                        association.lanes().stream().filter(LaneStatus::used).count(),
                        "passedOn",
                        association.passedOn()),
                byName(association.drops()));
    }

    /** Drops by the name of their reason. */
    public static Map<String, Long> byName(Map<DropReason, Long> drops) {
        Map<String, Long> named = new HashMap<>();
        drops.forEach((reason, count) -> named.put(reason.metricName(), count));
        return named;
    }
}
