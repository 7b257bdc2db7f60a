package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.forwarding.StormRate;
import io.virtualwire.forwarding.StormSettings;
import org.jspecify.annotations.Nullable;

/** How much of what goes to all ports one port may send in: {@link StormSettings} as the file writes them. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StormSpec(
        @Nullable RateSpec broadcast,
        @Nullable RateSpec multicast,
        @Nullable RateSpec unknown) {

    StormSettings settings() {
        return new StormSettings(rate(broadcast), rate(multicast), rate(unknown));
    }

    private static @Nullable StormRate rate(@Nullable RateSpec spec) {
        return spec == null ? null : spec.rate();
    }
}
