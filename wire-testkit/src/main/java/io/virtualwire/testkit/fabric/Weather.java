package io.virtualwire.testkit.fabric;

import java.time.Duration;

/**
 * What the underlay does to datagrams.
 *
 * @param lossPerMille how many of a thousand are lost
 * @param minDelay the least that one takes
 * @param jitter up to how much longer it may take; more than the gap between two reorders them
 */
public record Weather(int lossPerMille, Duration minDelay, Duration jitter) {
    /** Nothing is lost, and order is kept within a path. */
    public static final Weather FINE = new Weather(0, Duration.ofMillis(1), Duration.ZERO);

    /** Nothing is lost, but overtaken. */
    public static final Weather GUSTY = new Weather(0, Duration.ofMillis(1), Duration.ofMillis(4));

    /** Lost and overtaken. */
    public static final Weather STORM = new Weather(50, Duration.ofMillis(1), Duration.ofMillis(8));
}
