package io.virtualwire.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What ping says at its end.
 *
 * @param missing the numbers that were never answered, but for those after the last that was: they were on their way when it ended
 */
record Pings(int sent, int received, int duplicates, List<Integer> missing) {
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) packets transmitted, (\\d+) received,(?: \\+(\\d+) duplicates,)?");
    private static final Pattern ANSWER = Pattern.compile("icmp_seq=(\\d+) ttl");

    static Pings of(String output) {
        Matcher summary = SUMMARY.matcher(output);
        if (!summary.find()) {
            throw new AssertionError("ping says: " + output);
        }
        // The numbers have 16 bits.
        List<Integer> answered = new ArrayList<>();
        for (Matcher answer = ANSWER.matcher(output); answer.find(); ) {
            int number = Integer.parseInt(answer.group(1));
            int last = answered.isEmpty() ? number : answered.getLast();
            answered.add(last + (short) (number - last));
        }
        List<Integer> missing = new ArrayList<>();
        if (!answered.isEmpty()) {
            var seen = answered.stream().collect(Collectors.toSet());
            int newest = seen.stream().mapToInt(Integer::intValue).max().orElse(0);
            for (int number = 1; number <= newest; number++) {
                if (!seen.contains(number)) {
                    missing.add(number);
                }
            }
        }
        return new Pings(
                Integer.parseInt(summary.group(1)),
                Integer.parseInt(summary.group(2)),
                summary.group(3) == null ? 0 : Integer.parseInt(summary.group(3)),
                List.copyOf(missing));
    }

    int lost() {
        return missing.size();
    }
}
