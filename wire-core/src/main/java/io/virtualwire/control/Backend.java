package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is to carry a wire's frames. */
public enum Backend {
    /** The daemon's own process: sealed, over whatever underlay. */
    USER,
    /** The kernel, unprotected, if the far end asks for it too; refused where this host cannot. */
    KERNEL,
    /** The kernel if both ends can, else the process. */
    AUTO;

    @JsonCreator
    public static Backend parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "user" -> USER;
            case "kernel" -> KERNEL;
            case "auto" -> AUTO;
            default ->
                throw new WireException(
                        ErrorCode.BAD_REQUEST, "'" + text + "' is no backend of a wire", "write user, kernel or auto");
        };
    }

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
