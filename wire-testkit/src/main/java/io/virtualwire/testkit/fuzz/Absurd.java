package io.virtualwire.testkit.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts that no reader of objects with known fields may take, and that cost a careless one memory, time or its stack: by the name of
 * what is absurd about each. None is longer than 60,000 bytes.
 */
public final class Absurd {
    private static final int DEEP = 20_000;
    private static final int WIDE = 4_000;
    private static final int LONG = 50_000;

    private Absurd() {}

    /** What is not to be taken as JSON; {@code field} is one that the reader knows. */
    public static Map<String, String> json(String field) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("lists within lists", "[".repeat(DEEP));
        all.put("lists within a field", "{\"" + field + "\":" + "[".repeat(DEEP) + "]".repeat(DEEP) + "}");
        all.put("objects within objects", ("{\"" + field + "\":").repeat(WIDE));
        all.put("an unknown field", "{\"no-such-field\":1}");
        all.put("many unknown fields", object(i -> "\"f" + i + "\":" + i));
        all.put("a field twice", "{\"" + field + "\":\"a\",\"" + field + "\":\"b\"}");
        all.put("a number that is none", "{\"" + field + "\":NaN}");
        all.put("a number without end", "{\"" + field + "\":-Infinity}");
        all.put("a number of many digits", "{\"" + field + "\":" + "9".repeat(LONG) + "}");
        all.put("a number with a huge exponent", "{\"" + field + "\":1e999999999}");
        all.put("a long name", "{\"" + "n".repeat(LONG) + "\":1}");
        all.put("a long text", "{\"" + field + "\":[\"" + "x".repeat(LONG) + "\"]}");
        all.put("a lone quote", "\"");
        all.put("half an escape", "{\"" + field + "\":\"\\u12");
        all.put("half a pair of surrogates", "{\"" + field + "\":[\"\\ud800\"]}");
        all.put("something after the end", "{}{}");
        all.put("a list", "[]");
        all.put("a text", "\"text\"");
        all.put("a comment", "{/* */}");
        return all;
    }

    /** What is not to be taken as YAML, {@linkplain #json} besides, which is YAML too. */
    public static Map<String, String> yaml(String field) {
        Map<String, String> all = new LinkedHashMap<>(json(field));
        // A text may hold half a pair there.
        all.put("nine layers of references", layers());
        all.put("a reference to itself", field + ": &a [*a]\n");
        all.put("a reference to nothing", field + ": [*nothing]\n");
        all.put("a merge of itself", "a: &a {<<: *a}\n");
        all.put("a tag of a class", field + ": !!java.net.URL [\"http://192.0.2.1/\"]\n");
        all.put("a binary tag", field + ": [!!binary \"AAAA\"]\n");
        all.put(
                "deep indentation",
                IntStream.range(0, 200)
                        .mapToObj(depth -> " ".repeat(depth) + "a:\n")
                        .collect(Collectors.joining()));
        all.put("two documents", "---\n{}\n---\n{}\n");
        all.put("a tab", field + ":\n\t- a\n");
        all.put("a character that is not allowed", field + ": [\"a\0b\"]\n");
        all.put("a key that is a list", "? [a, b]\n: c\n");
        all.put("an endless list", "- ".repeat(LONG / 2));
        all.put("a number by sixties", field + ": {a: 1:60:60}\n");
        return all;
    }

    private static String object(java.util.function.IntFunction<String> field) {
        return IntStream.range(0, WIDE).mapToObj(field).collect(Collectors.joining(",", "{", "}"));
    }

    /* Written out it would be 9^9 words. */
    private static String layers() {
        StringBuilder text = new StringBuilder("l0: &l0 [a, a, a, a, a, a, a, a, a]\n");
        for (int layer = 1; layer < 10; layer++) {
            String below = "*l" + (layer - 1);
            text.append("l%d: &l%d [%s]\n".formatted(layer, layer, (below + ", ").repeat(8) + below));
        }
        return text.toString();
    }
}
