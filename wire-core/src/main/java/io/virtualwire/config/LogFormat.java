package io.virtualwire.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Locale;

/** For whom a daemon writes its log. */
public enum LogFormat {
    /** For people: a line of text. */
    TEXT,
    /** For programs: a JSON object a line; what has a name there keeps it. */
    JSON;

    @JsonCreator
    public static LogFormat parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "text" -> TEXT;
            case "json" -> JSON;
            default ->
                throw new WireException(
                        ErrorCode.BAD_REQUEST, "'" + text + "' is no log format", "choose one of text, json");
        };
    }

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
