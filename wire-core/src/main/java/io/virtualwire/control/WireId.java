package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The 128-bit name of a wire, chosen by the caller and the same on both sides. */
public record WireId(UUID uuid) implements Comparable<WireId> {

    @JsonCreator
    public static WireId parse(String text) {
        try {
            return new WireId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "wire id '" + text + "' is not a UUID", "write 8-4-4-4-12 hex digits", e);
        }
    }

    /** The wire id that everybody derives from the same name, so that repeating a command names the same wire. */
    public static WireId named(String name) {
        return new WireId(UUID.nameUUIDFromBytes(("virtualwire:" + name).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public int compareTo(WireId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    @JsonValue
    public String toString() {
        return uuid.toString();
    }
}
