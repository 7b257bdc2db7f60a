package io.virtualwire.node;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The body of a message that asks for something: a JSON object with known fields. */
final class BusRequest {
    private static final int LONGEST_NOTED = 128;
    private static final List<String> TARGET = List.of(
            "host",
            "name",
            "domain",
            "node",
            "from",
            "to",
            "endpoint",
            "wire",
            "side",
            "generation",
            "force",
            "undo",
            "enforce",
            "expectedVersion",
            "expectedGeneration");

    private final JsonObject body;

    private BusRequest(JsonObject body) {
        this.body = body;
    }

    /** @param fields those that mean something here; others were meant to do something and are refused */
    static BusRequest of(@Nullable Object body, Set<String> fields) {
        return switch (body) {
            case null -> new BusRequest(new JsonObject());
            case JsonObject object -> {
                Set<String> unknown = new TreeSet<>(object.fieldNames());
                unknown.removeAll(fields);
                if (!unknown.isEmpty()) {
                    throw new WireException(
                            ErrorCode.BAD_REQUEST,
                            "unknown field '" + unknown.iterator().next() + "'",
                            "known here: " + new TreeSet<>(fields));
                }
                yield new BusRequest(object);
            }
            default ->
                throw new WireException(ErrorCode.BAD_REQUEST, "the body is not a JSON object", "send one, or none");
        };
    }

    /** What a body is about, for the audit log: those of its fields that are short names or numbers, and no others. */
    static String target(@Nullable Object body) {
        return body instanceof JsonObject object ? named(object, true) : "";
    }

    /** The idempotency key of a body that may be anything. */
    static Optional<String> key(@Nullable Object body) {
        return body instanceof JsonObject object && object.getValue("key") instanceof String key && !key.isEmpty()
                ? Optional.of(cut(key))
                : Optional.empty();
    }

    private static String named(JsonObject object, boolean within) {
        return TARGET.stream()
                .flatMap(field -> named(field, object, within).stream())
                .collect(Collectors.joining(" "));
    }

    private static Optional<String> named(String field, JsonObject object, boolean within) {
        return switch (object.getValue(field)) {
            case String text -> Optional.of(field + "=" + cut(text));
            case Number number -> Optional.of(field + "=" + cut(number.toString()));
            case Boolean flag -> Optional.of(field + "=" + flag);
            // An endpoint or a side that is to be made.
            case JsonObject inner when within -> Optional.of(field + "{" + named(inner, false) + "}");
            case null, default -> Optional.empty();
        };
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_NOTED ? text : text.substring(0, LONGEST_NOTED) + "...";
    }

    String text(String field) {
        String text = text(field, "");
        if (text.isEmpty()) {
            throw new WireException(ErrorCode.BAD_REQUEST, "field '" + field + "' is missing", "see docs/event-bus.md");
        }
        return text;
    }

    String text(String field, String otherwise) {
        return switch (value(field)) {
            case null -> otherwise;
            case String text -> text;
            case Object other -> throw wrong(field, other, "write a text");
        };
    }

    /** A list of texts; empty if there is none. */
    List<String> texts(String field) {
        return switch (value(field)) {
            case null -> List.of();
            case JsonArray list
            when list.stream().allMatch(String.class::isInstance) ->
                list.stream().map(String.class::cast).toList();
            case Object other -> throw wrong(field, other, "write a list of texts");
        };
    }

    OptionalLong number(String field) {
        return switch (value(field)) {
            case null -> OptionalLong.empty();
            case Integer number when number >= -1 -> OptionalLong.of(number);
            case Long number when number >= -1 -> OptionalLong.of(number);
            case Object other -> throw wrong(field, other, "write a whole number");
        };
    }

    boolean flag(String field) {
        return switch (value(field)) {
            case null -> false;
            case Boolean flag -> flag;
            case Object other -> throw wrong(field, other, "write true or false");
        };
    }

    JsonObject object(String field) {
        return switch (value(field)) {
            case null -> new JsonObject();
            case JsonObject object -> object;
            case Object other -> throw wrong(field, other, "write a JSON object");
        };
    }

    /** The request's idempotency key; empty if it has none. */
    String key() {
        return text("key", "");
    }

    /** A topology file, as its text or as a JSON object. */
    String topology() {
        JsonObject object = value("topology") instanceof JsonObject ? object("topology") : new JsonObject();
        // JSON is YAML.
        return object.isEmpty() ? text("topology") : object.encode();
    }

    private @Nullable Object value(String field) {
        return body.getValue(field);
    }

    private static WireException wrong(String field, Object value, String hint) {
        return new WireException(ErrorCode.BAD_REQUEST, "field '" + field + "' cannot be '" + value + "'", hint);
    }
}
