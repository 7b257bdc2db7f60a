package io.virtualwire.client;

import io.virtualwire.control.Identity;
import java.util.List;

/**
 * Whether a connector takes nothing new any more, and what is still on it.
 *
 * @param sinceMillis when it began to drain, since 1970 in UTC; 0 if it does not
 * @param remaining of all tenants; empty once the host can be taken away
 */
public record DrainStatus(boolean draining, long sinceMillis, List<Remaining> remaining) {
    public DrainStatus {
        remaining = List.copyOf(remaining);
    }

    /**
     * One thing that is still there.
     *
     * @param kind {@code endpoint}, or {@code wire} for a side of one
     * @param tenant whose it is
     * @param name the endpoint's name, or {@code wire/side}
     * @param endpoint the endpoint that a side is connected to
     * @param towards who holds the other end
     */
    public record Remaining(String kind, String tenant, String name, String endpoint, List<Identity> towards) {
        public Remaining {
            towards = List.copyOf(towards);
        }
    }
}
