package io.virtualwire.cloud.spi;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Something that was made in a cloud and may cost money for as long as it exists.
 *
 * @param kind what it is, in the cloud's words
 * @param id the cloud's name for it
 * @param host the host that it was made for, null if for several or for none
 * @param dollarsPerHour an estimate of what it costs, null if that is not known
 */
public record CloudResource(
        String kind,
        String id,
        @Nullable String host,
        @Nullable BigDecimal dollarsPerHour) {}
