package io.virtualwire.cloud.ec2;

import java.time.Duration;

/**
 * How long is waited between attempts.
 *
 * @param retry before a request is repeated the first time
 * @param slowest between two attempts, at most
 * @param poll between two looks at what changes by itself
 * @param removal for which a host may take to be gone
 */
record Pace(Duration retry, Duration slowest, Duration poll, Duration removal) {
    static final Pace REAL =
            new Pace(Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofSeconds(2), Duration.ofMinutes(5));
}
