package io.virtualwire.rest;

import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a request breaks of the contract in the words that people use: the field, its value, and what it may be. */
final class Complaint {
    private static final Pattern MISSING = Pattern.compile("required \\w+ parameter (\\S+)$");
    private static final Pattern INVALID = Pattern.compile("of \\w+ parameter (\\S+) is invalid");
    private static final Pattern QUOTED = Pattern.compile("\"(.*)\"");
    private static final int MOST_COMPARED = 64;
    private static final String SEE = "see GET /v1/openapi.yaml";

    private final Contract contract;
    private final Operation operation;
    private final Call call;

    Complaint(Contract contract, Operation operation, Call call) {
        this.contract = contract;
        this.operation = operation;
        this.call = call;
    }

    WireException of(ValidatorException broken) {
        String said = String.valueOf(broken.getMessage());
        Matcher missing = MISSING.matcher(said);
        if (missing.find()) {
            return refuse("parameter '" + missing.group(1) + "' is missing", describe(missing.group(1)));
        }
        Matcher invalid = INVALID.matcher(said);
        if (invalid.find()) {
            String name = invalid.group(1);
            String value = call.parameter(name).orElse("");
            return refuse("parameter '" + name + "' cannot be '" + value + "'", describe(name));
        }
        return broken instanceof SchemaValidationException schema
                ? ofBody(schema.getOutputUnit())
                : refuse("the body is not JSON", "send one JSON object");
    }

    static WireException unknownParameter(String name, List<String> known) {
        return refuse(
                "unknown parameter '" + name + "'", known.isEmpty() ? "there is none here" : "known here: " + known);
    }

    private WireException ofBody(OutputUnit unit) {
        // One is told; all are compared with each other, and there may be as many as the body has bytes.
        List<OutputUnit> errors = unit.getErrors().stream().limit(MOST_COMPARED).toList();
        OutputUnit worst = errors.stream()
                .filter(error -> isOwn(error, errors))
                .max(Comparator.comparingInt(
                        error -> error.getInstanceLocation().length()))
                .orElse(errors.getLast());
        String pointer = worst.getInstanceLocation().substring(1);
        String field = pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
        String text = String.valueOf(worst.getError());
        switch (keyword(worst)) {
            case "required" -> {
                Matcher name = QUOTED.matcher(text);
                String absent = name.find() ? name.group(1) : text;
                String full = field.isEmpty() ? absent : field + "." + absent;
                return refuse("field '" + full + "' is missing", describeField(pointer + "/" + absent));
            }
            case "additionalProperties" -> {
                return refuse("unknown field '" + field + "'", known(pointer.substring(0, pointer.lastIndexOf('/'))));
            }
            default -> {
                return field.isEmpty()
                        ? refuse("the body is not what is wanted: " + text, "send one JSON object")
                        : refuse("field '" + field + "' cannot be '" + value(pointer) + "'", describeField(pointer));
            }
        }
    }

    /** Whether an error is about a value itself, and not only about something within it. */
    private static boolean isOwn(OutputUnit error, List<OutputUnit> errors) {
        return switch (keyword(error)) {
            case "properties", "items", "$ref", "allOf", "anyOf", "oneOf" -> false;
            // The library counts a property that is known but wrong among the additional ones, too.
            case "additionalProperties" ->
                errors.stream()
                        .noneMatch(other -> other != error
                                && !keyword(other).equals("additionalProperties")
                                && (other.getInstanceLocation() + "/").startsWith(error.getInstanceLocation() + "/"));
            default -> true;
        };
    }

    private static String keyword(OutputUnit error) {
        String location = error.getKeywordLocation();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    private Object value(String pointer) {
        Object value = JsonPointer.from(pointer).queryJson(call.json());
        return value == null ? "null" : value;
    }

    private String describe(String parameter) {
        return contract.parameters(operation).stream()
                .filter(it -> parameter.equals(it.getString("name")))
                .map(it -> hint(contract.follow(it.getValue("schema"))))
                .findFirst()
                .orElse(SEE);
    }

    private String describeField(String pointer) {
        return hint(schemaAt(pointer));
    }

    private String known(String pointer) {
        return schemaAt(pointer)
                .map(schema -> schema.getJsonObject("properties"))
                .map(it -> "known here: " + it.fieldNames().stream().sorted().toList())
                .orElse(SEE);
    }

    private static String hint(Optional<JsonObject> schema) {
        Optional<String> described = schema.map(it -> it.getString("description"))
                .map(it -> "it is " + Character.toLowerCase(it.charAt(0)) + it.substring(1));
        return described
                .or(() -> schema.map(it -> it.getJsonArray("enum")).map(it -> "it may be one of " + it.encode()))
                .orElse(SEE);
    }

    private Optional<JsonObject> schemaAt(String pointer) {
        Optional<JsonObject> schema = contract.follow(JsonPointer.from("/requestBody/content/application~1json/schema")
                .queryJson(contract.written(operation)));
        for (String step :
                pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
            schema = schema.flatMap(it -> {
                JsonObject properties = it.getJsonObject("properties");
                return contract.follow(
                        properties != null && properties.containsKey(step)
                                ? properties.getValue(step)
                                : it.getValue("items"));
            });
        }
        return schema;
    }

    private static WireException refuse(String message, String hint) {
        return new WireException(ErrorCode.BAD_REQUEST, message, hint);
    }
}
