package io.virtualwire.connector;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.virtualwire.association.RelayStatus;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.HealthPart;
import io.virtualwire.client.WireStatus;
import io.virtualwire.connector.journal.JournalFigures;
import io.virtualwire.metrics.CredentialsMetrics;
import io.virtualwire.metrics.DataPathMetrics;
import io.virtualwire.metrics.Metric;
import io.virtualwire.metrics.Scrape;
import io.virtualwire.stack.StackDrops;
import java.util.List;

/** One scrape of a connector: what the one who asks may see, put together. */
final class HostMetrics {
    private static final double NANOS = 1e9;

    private final Scrape scrape = new Scrape();
    private final DataPathMetrics dataPath = new DataPathMetrics(scrape);

    void about(ConnectorIdentity self, List<HealthPart> parts) {
        scrape.add(Metric.INFO, 1, "connector", self.identity().toString(), self.version());
        parts.forEach(part -> scrape.add(Metric.READY, part.ready(), part.name()));
    }

    void endpoint(String tenant, EndpointStatus endpoint) {
        dataPath.endpoint(tenant, endpoint);
    }

    void wire(String tenant, WireStatus wire) {
        dataPath.wire(tenant, wire);
    }

    void association(AssociationStatus association) {
        dataPath.association(association);
    }

    void relayed(RelayStatus relayed) {
        dataPath.relayed(relayed);
    }

    /** What belongs to no tenant. */
    void ofTheHost(ConnectorIdentity self, StackDrops drops, JournalFigures journal) {
        CredentialsMetrics.add(self.self(), scrape);
        dataPath.drops(drops.datagrams());
        dataPath.drops(drops.messages());
        dataPath.drops(drops.underlay());
        scrape.add(Metric.HANDSHAKES_REFUSED, drops.refusedHandshakes());
        scrape.add(Metric.JOURNAL_BYTES, journal.bytes());
        scrape.add(Metric.JOURNAL_COMMITS, journal.commits());
        scrape.add(Metric.JOURNAL_COMMIT_SECONDS, journal.commitNanos() / NANOS);
        scrape.add(Metric.JOURNAL_FAILURES, journal.failures());
    }

    String text(MetricSnapshots process) {
        return scrape.text(process);
    }
}
