package io.virtualwire.connector.admission;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A name in which {@code *} stands for any run of characters. */
record NamePattern(String text, Pattern pattern) {
    @JsonCreator
    static NamePattern of(String text) {
        String regex = Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return new NamePattern(text, Pattern.compile(regex));
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NamePattern it && text.equals(it.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
