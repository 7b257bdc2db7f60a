package io.virtualwire.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads YAML into a record: strictly, and with the line of what is wrong.
 *
 * @param <T> the record
 */
public final class YamlReader<T> {
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .addModule(new Jdk8Module())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private static final Pattern MISSING = Pattern.compile("Missing required creator property '([^']+)'");

    private final Class<T> type;
    private final String advice;

    /** @param advice what somebody does whose file is refused for a reason that has no advice of its own */
    public YamlReader(Class<T> type, String advice) {
        this.type = type;
        this.advice = advice;
    }

    /**
     * Reads it; empty if it says nothing.
     *
     * @param origin how messages call the text: usually its file name
     */
    public Optional<T> read(String origin, String text) {
        try {
            return saysNothing(text) ? Optional.empty() : Optional.ofNullable(YAML.readValue(text, type));
        } catch (JacksonException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "cannot read " + origin + place(text, e) + ": " + complaint(e), hint(e), e);
        }
    }

    private static boolean saysNothing(String text) throws JacksonException {
        try (JsonParser parser = YAML.createParser(text)) {
            return parser.nextToken() == null;
        } catch (JacksonException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory cannot be read", e);
        }
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
        int depth = depth(wanted);
        try (JsonParser parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                int here = parser.getParsingContext().getNestingDepth();
                if (here != depth && here != depth - 1) {
                    continue;
                }
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

    private static int depth(JsonPointer pointer) {
        int depth = 0;
        for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
            depth++;
        }
        return depth;
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

    private String hint(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown && unknown.getKnownPropertyIds() != null) {
            return "known fields here: "
                    + unknown.getKnownPropertyIds().stream()
                            .map(Object::toString)
                            .sorted()
                            .collect(Collectors.joining(", "));
        }
        return e.getCause() instanceof WireException cause ? cause.hint() : advice;
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
