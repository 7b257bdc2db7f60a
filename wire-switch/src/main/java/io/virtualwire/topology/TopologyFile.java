package io.virtualwire.topology;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads topology files: strictly, and with the line of what is wrong. */
public final class TopologyFile {
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private static final Pattern MISSING = Pattern.compile("Missing required creator property '([^']+)'");

    private TopologyFile() {}

    /**
     * Reads and validates.
     *
     * @param origin how messages call the text: usually its file name
     */
    public static Topology parse(String origin, String text) {
        Topology topology;
        try {
            topology = YAML.readValue(text, Topology.class);
        } catch (JacksonException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot read the topology " + origin + place(text, e) + ": " + complaint(e),
                    hint(e),
                    e);
        }
        if (topology == null) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot read the topology " + origin + ": it is empty",
                    "Begin with version: 1");
        }
        new TopologyCheck(topology).requireValid(origin);
        return topology;
    }

    private static String place(String text, JacksonException e) {
        int line =
                e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
                        ? lineOf(text, pointer(mapping))
                        : e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return line < 1 ? "" : ", line " + line;
    }

    /** Jackson knows where it was when it noticed, which may be much later than where the field is: look for that. */
    private static int lineOf(String text, JsonPointer wanted) {
        int line = 0;
        try (JsonParser parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                JsonPointer at = parser.getParsingContext().pathAsPointer();
                if (at.equals(wanted)) {
                    return parser.currentTokenLocation().getLineNr();
                }
                if (line == 0 && at.equals(wanted.head())) {
                    line = parser.currentTokenLocation().getLineNr();
                }
            }
        } catch (IOException broken) {
            return line;
        }
        return line;
    }

    private static JsonPointer pointer(JsonMappingException e) {
        JsonPointer pointer = JsonPointer.empty();
        for (JsonMappingException.Reference step : e.getPath()) {
            pointer = step.getFieldName() == null
                    ? pointer.appendIndex(step.getIndex())
                    : pointer.appendProperty(step.getFieldName());
        }
        return pointer;
    }

    private static String complaint(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown field '" + unknown.getPropertyName() + "'" + path(unknown);
        }
        if (e.getCause() instanceof WireException cause) {
            return String.valueOf(cause.getMessage());
        }
        String first = e.getOriginalMessage().lines().findFirst().orElse("");
        Matcher missing = MISSING.matcher(first);
        if (missing.lookingAt()) {
            return "'" + missing.group(1) + "' is missing" + path((JsonMappingException) e);
        }
        return e instanceof JsonMappingException mapping ? first.replace("`", "") + path(mapping) : first;
    }

    private static String hint(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown && unknown.getKnownPropertyIds() != null) {
            return "Known fields here: "
                    + unknown.getKnownPropertyIds().stream()
                            .map(Object::toString)
                            .sorted()
                            .collect(Collectors.joining(", "));
        }
        return e.getCause() instanceof WireException cause
                ? cause.hint()
                : "Compare it with an example's topology.yaml";
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            } else {
                path.append('[').append(step.getIndex() + 1).append(']');
            }
        }
        return path.isEmpty() ? "" : " at " + path;
    }
}
