package io.virtualwire.testkit.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spoils text that people and programs write (JSON, YAML, PEM, arguments): words replaced by what no reader expects there, left
 * out, repeated, swapped, or taken from another text; now and then the bytes themselves.
 */
public final class SpoiledText implements Spoiler {
    private static final Pattern WORDS = Pattern.compile("\\w+|\\s+|[^\\w\\s]");
    private static final int MOST_CHANGES = 4;
    private static final int UNTOUCHED_ONE_IN = 16;
    private static final int BYTES_ONE_IN = 8;

    private static final List<String> SURPRISES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1",
            "255",
            "65536",
            "2147483647",
            "2147483648",
            "-2147483649",
            "4294967295",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "1e308",
            "1e999999999",
            "-0.0",
            "1.5",
            "NaN",
            ".inf",
            "0x7fffffff",
            "0b1",
            "\"\"",
            "''",
            "[]",
            "{}",
            "[null]",
            "{\"a\":null}",
            "[[[]]]",
            "\"a\"",
            "\"\\u0000\"",
            "\\",
            "\"",
            "'",
            "%00",
            "%2e%2e%2f",
            "%zz",
            "../..",
            "/",
            ":",
            "-",
            "- ",
            "? ",
            "&a",
            "*a",
            "!!int",
            "!!java.net.URL",
            "<<",
            "|",
            ">",
            "#",
            "@",
            "`",
            "\t",
            "\r\n",
            "\n",
            "\u0000",
            "\ufeff",
            "\u202e",
            "\ud83d\ude00",
            "\ud800",
            "\u00e9",
            "type",
            "optional",
            "version",
            "2001-01-01");

    private final List<List<String>> seeds = new ArrayList<>();
    private final List<String> words = new ArrayList<>(SURPRISES);
    private final SpoiledBytes raw;
    private final int longest;

    /**
     * @param longest in characters
     * @param vocabulary words that the format knows, which seeds may not have
     */
    public SpoiledText(List<String> seeds, int longest, String... vocabulary) {
        for (String seed : seeds) {
            List<String> split = new ArrayList<>();
            Matcher matcher = WORDS.matcher(seed);
            while (matcher.find()) {
                split.add(matcher.group());
            }
            this.seeds.add(split);
        }
        this.longest = longest;
        words.addAll(List.of(vocabulary));
        this.raw = new SpoiledBytes(
                seeds.stream()
                        .map(seed -> seed.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                longest);
    }

    @Override
    public byte[] next(RandomGenerator random) {
        return random.nextInt(BYTES_ONE_IN) == 0
                ? raw.next(random)
                : text(random).getBytes(StandardCharsets.UTF_8);
    }

    /** One text; what {@link #next} encodes. */
    public String text(RandomGenerator random) {
        List<String> text = new ArrayList<>(seed(random));
        if (random.nextInt(UNTOUCHED_ONE_IN) != 0) {
            for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
                spoil(text, random);
            }
        }
        String joined = String.join("", text);
        return joined.length() > longest ? joined.substring(0, longest) : joined;
    }

    private List<String> seed(RandomGenerator random) {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private void spoil(List<String> text, RandomGenerator random) {
        if (text.isEmpty()) {
            text.add(surprise(random));
            return;
        }
        int at = random.nextInt(text.size());
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> text.set(at, surprise(random));
            case 3 -> text.add(at, surprise(random));
            case 4 -> text.remove(at);
            case 5 ->
                text.subList(at, at + 1 + random.nextInt(Math.min(8, text.size() - at)))
                        .clear();
            case 6 -> repeat(text, at, random);
            case 7 -> {
                int other = random.nextInt(text.size());
                text.set(at, text.set(other, text.get(at)));
            }
            case 8 -> {
                List<String> donor = seed(random);
                text.set(at, donor.isEmpty() ? "" : donor.get(random.nextInt(donor.size())));
            }
            default -> {
                List<String> donor = seed(random);
                text.subList(at, text.size()).clear();
                text.addAll(donor.subList(random.nextInt(donor.size() + 1), donor.size()));
            }
        }
    }

    private String surprise(RandomGenerator random) {
        return switch (random.nextInt(40)) {
            case 0 -> "[".repeat(1 + random.nextInt(3_000));
            case 1 -> "{\"a\":".repeat(1 + random.nextInt(2_000));
            case 2 -> "9".repeat(1 + random.nextInt(2_000));
            case 3 -> "a".repeat(1 + random.nextInt(5_000));
            case 4 -> Long.toString(random.nextLong());
            default -> words.get(random.nextInt(words.size()));
        };
    }

    private static void repeat(List<String> text, int at, RandomGenerator random) {
        List<String> piece = List.copyOf(text.subList(at, at + 1 + random.nextInt(Math.min(24, text.size() - at))));
        for (int times = random.nextInt(8) == 0 ? 50 : 1; times > 0; times--) {
            text.addAll(at, piece);
        }
    }
}
