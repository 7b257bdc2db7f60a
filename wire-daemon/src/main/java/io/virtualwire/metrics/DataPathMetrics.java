package io.virtualwire.metrics;

import io.virtualwire.association.RelayStatus;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.port.DropReason;
import java.util.Map;

/** Endpoints, wires and associations, as they go into a scrape. */
public final class DataPathMetrics {
    private static final double MICROS = 1e6;

    private final Scrape scrape;

    public DataPathMetrics(Scrape scrape) {
        this.scrape = scrape;
        for (DropReason reason : DropReason.values()) {
            scrape.add(Metric.DROPS, 0, reason.metricName());
        }
    }

    /** An endpoint of a tenant. */
    public void endpoint(String tenant, EndpointStatus endpoint) {
        String name = scrape.label("endpoint " + tenant, endpoint.name());
        Map<String, Long> counters = endpoint.counters();
        scrape.add(Metric.ENDPOINTS, 1, tenant);
        scrape.add(Metric.ENDPOINT_UP, endpoint.up(), tenant, name);
        scrape.add(Metric.ENDPOINT_FRAMES, of(counters, "framesFromGuest"), tenant, name, "from_guest");
        scrape.add(Metric.ENDPOINT_FRAMES, of(counters, "framesToGuest"), tenant, name, "to_guest");
        scrape.add(Metric.ENDPOINT_BYTES, of(counters, "bytesFromGuest"), tenant, name, "from_guest");
        scrape.add(Metric.ENDPOINT_BYTES, of(counters, "bytesToGuest"), tenant, name, "to_guest");
        endpoint.drops().forEach((reason, count) -> {
            scrape.add(Metric.ENDPOINT_DROPS, count, tenant, name, reason);
            scrape.add(Metric.DROPS, count, reason);
        });
    }

    /** A side of a tenant's wire. */
    public void wire(String tenant, WireStatus wire) {
        String name = scrape.label("wire " + tenant, wire.wire().toString());
        String side = wire.side().toString();
        Map<String, Long> counters = wire.counters();
        scrape.add(Metric.WIRES, 1, tenant);
        scrape.add(Metric.WIRE_UP, wire.isAgreed() && wire.state().equals("active"), tenant, name, side);
        scrape.add(Metric.WIRE_FRAMES, of(counters, "framesOut"), tenant, name, side, "out");
        scrape.add(Metric.WIRE_FRAMES, of(counters, "framesIn"), tenant, name, side, "in");
        scrape.add(Metric.WIRE_BYTES, of(counters, "bytesOut"), tenant, name, side, "out");
        scrape.add(Metric.WIRE_BYTES, of(counters, "bytesIn"), tenant, name, side, "in");
        scrape.add(Metric.WIRE_RELAYED, of(counters, "framesRelayed"), tenant, name, side);
        wire.drops().forEach((reason, count) -> {
            scrape.add(Metric.WIRE_DROPS, count, tenant, name, side, reason);
            scrape.add(Metric.DROPS, count, reason);
        });
    }

    /** A peer that something is shared with. */
    public void association(AssociationStatus association) {
        String peer = scrape.label("peer", association.peer().toString());
        scrape.add(Metric.ASSOCIATION_UP, association.up(), peer);
        association
                .roundTripMicros()
                .ifPresent(micros -> scrape.add(Metric.ASSOCIATION_ROUND_TRIP, micros / MICROS, peer));
        scrape.add(Metric.ASSOCIATION_DATAGRAM_BYTES, association.datagramBytes(), peer);
        association
                .address()
                .ifPresent(address -> scrape.add(
                        Metric.ASSOCIATION_PATH, 1, peer, peer.equals(Scrape.OTHERS) ? Scrape.OTHERS : address));
        association.way().ifPresent(way -> scrape.add(Metric.ASSOCIATION_WAY, 1, peer, way));
        scrape.add(Metric.ASSOCIATION_DATAGRAMS, of(association.counters(), "datagramsOut"), peer, "out");
        scrape.add(Metric.ASSOCIATION_DATAGRAMS, of(association.counters(), "datagramsIn"), peer, "in");
        scrape.add(Metric.ASSOCIATION_PASSED_ON, of(association.counters(), "passedOn"), peer);
        association.drops().forEach((reason, count) -> {
            scrape.add(Metric.ASSOCIATION_DROPS, count, peer, reason);
            scrape.add(Metric.DROPS, count, reason);
        });
    }

    /** What a tenant's daemons lead through this one. */
    public void relayed(RelayStatus relayed) {
        scrape.add(Metric.RELAYED_STREAMS, relayed.streams(), relayed.tenant());
        scrape.add(Metric.RELAYED_BYTES, relayed.bytes(), relayed.tenant());
    }

    /** What was dropped where nothing else counts it. */
    public void drops(Map<DropReason, Long> drops) {
        drops.forEach((reason, count) -> scrape.add(Metric.DROPS, count, reason.metricName()));
    }

    private static long of(Map<String, Long> counters, String name) {
        return counters.getOrDefault(name, 0L);
    }
}
