package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** One of the two ends of a wire. */
public enum Side {
    A,
    B;

    @JsonCreator
    public static Side parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "a" -> A;
            case "b" -> B;
            default ->
                throw new WireException(
                        ErrorCode.BAD_REQUEST, "'" + text + "' is not a side of a wire", "write a or b");
        };
    }

    public Side other() {
        return this == A ? B : A;
    }

    /** The bit that names this side in a wire header. */
    public int bit() {
        return ordinal();
    }

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
