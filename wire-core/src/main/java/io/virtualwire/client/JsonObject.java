package io.virtualwire.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose fields are asked for by name, for what short commands read: a mapper that learns by reflection what records look like
 * would take them longer than everything that they ask.
 *
 * <p>Of a field that is absent or null a number is 0 and a flag false, as with a mapper; texts, lists and counts have to be there. Fields that
 * nobody asks for are passed over.
 */
public final class JsonObject {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, @Nullable Object> fields;

    private JsonObject(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    /** Reads a file that holds one object. */
    public static JsonObject read(Path file) throws IOException {
        return as(JsonObject.class, value(Files.readAllBytes(file)), "the whole");
    }

    /** Reads a list of objects. */
    static List<JsonObject> readList(byte[] json) throws IOException {
        return objects(value(json), "the whole");
    }

    /** All fields, which have to be texts. */
    public Map<String, String> texts() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : fields.keySet()) {
            texts.put(name, text(name));
        }
        return texts;
    }

    String text(String name) throws IOException {
        return as(String.class, fields.get(name), name);
    }

    boolean flag(String name) throws IOException {
        Object value = fields.get(name);
        return value != null && as(Boolean.class, value, name);
    }

    long number(String name) throws IOException {
        Object value = fields.get(name);
        return value == null ? 0 : as(Long.class, value, name);
    }

    int smallNumber(String name) throws IOException {
        long value = number(name);
        if (value != (int) value) {
            throw new IOException(name + " cannot be " + value);
        }
        return (int) value;
    }

    Optional<Double> decimal(String name) throws IOException {
        Object value = fields.get(name);
        return value == null
                ? Optional.empty()
                : Optional.of(as(Number.class, value, name).doubleValue());
    }

    Optional<JsonObject> object(String name) throws IOException {
        Object value = fields.get(name);
        return value == null ? Optional.empty() : Optional.of(as(JsonObject.class, value, name));
    }

    List<JsonObject> objects(String name) throws IOException {
        return objects(fields.get(name), name);
    }

    List<String> texts(String name) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Object value : as(List.class, fields.get(name), name)) {
            texts.add(as(String.class, value, name));
        }
        return texts;
    }

    /** Whole numbers by name. */
    Map<String, Long> counts(String name) throws IOException {
        JsonObject counted = as(JsonObject.class, fields.get(name), name);
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String each : counted.fields.keySet()) {
            counts.put(each, counted.number(each));
        }
        return counts;
    }

    private static List<JsonObject> objects(@Nullable Object value, String name) throws IOException {
        List<JsonObject> objects = new ArrayList<>();
        for (Object each : as(List.class, value, name)) {
            objects.add(as(JsonObject.class, each, name));
        }
        return objects;
    }

    private static <T> T as(Class<T> type, @Nullable Object value, String name) throws IOException {
        if (!type.isInstance(value)) {
            throw new IOException(name + (value == null ? " is missing" : " cannot be " + value));
        }
        return type.cast(value);
    }

    private static @Nullable Object value(byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() == null) {
                throw new JsonParseException(parser, "there is nothing in it");
            }
            return value(parser);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield new JsonObject(fields);
            }
            case START_ARRAY -> {
                List<@Nullable Object> values = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(parser));
                }
                yield values;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case FIELD_NAME, END_OBJECT, END_ARRAY, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new JsonParseException(parser, "no value begins with " + parser.currentToken());
        };
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
