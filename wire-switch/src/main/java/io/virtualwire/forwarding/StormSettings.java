package io.virtualwire.forwarding;

import org.jspecify.annotations.Nullable;

/**
 * How much of what goes to all ports one port may send in; what is absent is not limited.
 *
 * @param broadcast frames to every station
 * @param multicast frames to other groups
 * @param unknown frames to one station that the switch has not learned
 */
public record StormSettings(
        @Nullable StormRate broadcast,
        @Nullable StormRate multicast,
        @Nullable StormRate unknown) {
    /** No limit. */
    public static final StormSettings NONE = new StormSettings(null, null, null);
}
