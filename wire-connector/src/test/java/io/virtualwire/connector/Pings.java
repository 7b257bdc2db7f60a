package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pings over a wire until it is told to end, and what became of each. */
final class Pings {
    private static final Pattern REPLY = Pattern.compile("icmp_seq=(\\d+) .*time=([0-9.]+) ms");
    private static final Pattern SENT = Pattern.compile("(\\d+) packets transmitted");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** As long may one be on its way when it ends. */
    private static final int UNDER_WAY_MILLIS = 500;

    private final RunningCommand ping;
    private final int everyMillis;

    /** One every few milliseconds. */
    Pings(Namespace from, String to, int everyMillis) {
        this.everyMillis = everyMillis;
        ping = from.start("ping", "-n", "-i", String.format("%.3f", everyMillis / 1000.0), "-W", "8", to);
    }

    /**
     * Ends it, and fails if one was lost or came twice.
     *
     * @return the longest that one took
     */
    double endWithoutALoss() {
        ping.signal("INT");
        String said = ping.await(LIMIT).text();
        List<Integer> replies = new ArrayList<>();
        double longest = 0;
        for (Matcher reply = REPLY.matcher(said); reply.find(); ) {
            replies.add(Integer.parseInt(reply.group(1)));
            longest = Math.max(longest, Double.parseDouble(reply.group(2)));
        }
        Matcher sent = SENT.matcher(said);
        assertThat(sent.find()).isTrue();
        int last = replies.stream().mapToInt(it -> it).max().orElse(0);
        assertThat(Integer.parseInt(sent.group(1)) - last).isBetween(0, UNDER_WAY_MILLIS / everyMillis);
        List<Integer> lost = new ArrayList<>();
        HashSet<Integer> came = new HashSet<>(replies);
        for (int number = 1; number <= last; number++) {
            if (!came.contains(number)) {
                lost.add(number);
            }
        }
        assertThat(lost).as("lost of " + last).isEmpty();
        assertThat(replies).as("came once").doesNotHaveDuplicates();
        return longest;
    }
}
