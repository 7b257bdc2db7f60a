package io.virtualwire.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Arrays;
import java.util.Locale;

/** How much a daemon says in its log; each level says what those before it say, too. */
public enum LogLevel {
    /** What does not work, and will not by itself. */
    ERROR,
    /** What does not work now. */
    WARN,
    /** What happens: daemons that come and go, wires that are made. */
    INFO,
    /** Why it happens. */
    DEBUG,
    /** Each step of it. */
    TRACE;

    @JsonCreator
    public static LogLevel parse(String text) {
        for (LogLevel level : values()) {
            if (level.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return level;
            }
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "'" + text + "' is no log level",
                "choose one of "
                        + String.join(
                                ", ",
                                Arrays.stream(values()).map(LogLevel::toString).toList()));
    }

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
