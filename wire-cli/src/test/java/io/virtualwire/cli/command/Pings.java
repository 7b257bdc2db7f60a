package io.virtualwire.cli.command;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ping says at its end. */
record Pings(int sent, int received, int duplicates) {
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) packets transmitted, (\\d+) received,(?: \\+(\\d+) duplicates,)?");

    static Pings of(String output) {
        Matcher summary = SUMMARY.matcher(output);
        if (!summary.find()) {
            throw new AssertionError("ping says: " + output);
        }
        return new Pings(
                Integer.parseInt(summary.group(1)),
                Integer.parseInt(summary.group(2)),
                summary.group(3) == null ? 0 : Integer.parseInt(summary.group(3)));
    }

    int lost() {
        return sent - received;
    }
}
