package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a side begins when it is connected. */
public enum Role {
    /** Sends and receives as soon as both tenants agree. */
    ACTIVE,
    /** Ready to receive, sends nothing until it is activated. */
    STANDBY;

    @JsonCreator
    public static Role parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "active" -> ACTIVE;
            case "standby" -> STANDBY;
            default ->
                throw new WireException(
                        ErrorCode.BAD_REQUEST, "'" + text + "' is not a role of a side", "write active or standby");
        };
    }

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
