package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The 128-bit name of a wire, chosen by the caller and the same on both sides.
 *
 * <p>It is unique for its tenant only: two tenants of one connector may choose the same, and have two wires.
 *
 * @param tenant whose it is; empty for the tenant of the daemon that knows it
 */
public record WireId(String tenant, UUID uuid) implements Comparable<WireId> {

    /** A wire of the daemon's own tenant. */
    public WireId(UUID uuid) {
        this("", uuid);
    }

    /** Reads what a tenant says. */
    public static WireId parse(String text) {
        try {
            return new WireId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "wire id '" + text + "' is not a UUID", "write 8-4-4-4-12 hex digits", e);
        }
    }

    /** Reads that, or {@code tenant/uuid} as a daemon notes it for itself. */
    @JsonCreator
    public static WireId noted(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? parse(text) : parse(text.substring(slash + 1)).of(text.substring(0, slash));
    }

    /** The wire id that everybody derives from the same name, so that repeating a command names the same wire. */
    public static WireId named(String name) {
        return new WireId(UUID.nameUUIDFromBytes(("virtualwire:" + name).getBytes(StandardCharsets.UTF_8)));
    }

    /** The wire that another tenant calls so. */
    public WireId of(String owner) {
        return owner.equals(tenant) ? this : new WireId(owner, uuid);
    }

    /** As its tenant calls it. */
    public WireId bare() {
        return of("");
    }

    @Override
    public int compareTo(WireId other) {
        int order = tenant.compareTo(other.tenant);
        return order == 0 ? uuid.compareTo(other.uuid) : order;
    }

    @Override
    @JsonValue
    public String toString() {
        return tenant.isEmpty() ? uuid.toString() : tenant + "/" + uuid;
    }
}
