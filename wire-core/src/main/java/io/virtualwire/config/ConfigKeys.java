package io.virtualwire.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The keys of a configuration file, as the record says them that it is read into.
 *
 * @param <F> the record
 */
public final class ConfigKeys<F extends Record> {
    private final Class<F> type;

    public ConfigKeys(Class<F> type) {
        this.type = type;
    }

    /** All of them, in the record's order. */
    public List<String> all() {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.add(key(component));
        }
        return keys;
    }

    /** Those that say different things in two files. */
    public List<String> different(F one, F other) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (!Objects.equals(value(component, one), value(component, other))) {
                keys.add(key(component));
            }
        }
        return keys;
    }

    private static String key(RecordComponent component) {
        JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
        return named == null ? component.getName() : named.value();
    }

    private static Object value(RecordComponent component, Record file) {
        try {
            return component.getAccessor().invoke(file);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot ask " + file + " for " + component.getName(), e);
        }
    }
}
