package io.virtualwire.metrics;

import io.virtualwire.identity.OwnIdentity;

/** How long a daemon can still prove who it is. */
public final class CredentialsMetrics {
    private static final double MILLIS = 1e3;

    private CredentialsMetrics() {}

    /** Adds it to a scrape, as it is at this moment. */
    public static void add(OwnIdentity self, Scrape scrape) {
        scrape.add(Metric.CREDENTIALS_EXPIRE, self.left().toMillis() / MILLIS);
        scrape.add(Metric.CREDENTIALS_LIFE, self.credentials().life().toMillis() / MILLIS);
    }
}
