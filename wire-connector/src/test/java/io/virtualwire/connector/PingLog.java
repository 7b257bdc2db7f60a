package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Pings every ten milliseconds, and when each reply came. */
final class PingLog {
    private static final Pattern REPLY = Pattern.compile("\\[(\\d+\\.\\d+)] .*icmp_seq=(\\d+) .*time=([0-9.]+) ms(.*)");
    private static final Pattern SENT = Pattern.compile("(\\d+) packets transmitted");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** At its end some may be on their way. */
    private static final int UNDER_WAY = 20;

    private final RunningCommand ping;

    /**
     * What became of them.
     *
     * @param gapMillis the longest time without a reply
     * @param gapAt when that began, in seconds since 1970
     * @param latestMillis the longest that a reply took
     */
    record Result(int sent, List<Integer> lost, int duplicates, double gapMillis, double gapAt, double latestMillis) {}

    PingLog(Namespace from, String to) {
        ping = from.start("ping", "-n", "-D", "-i", "0.01", "-W", "8", to);
        Awaitility.await("a first reply")
                .atMost(LIMIT)
                .until(() -> REPLY.matcher(ping.output()).find());
    }

    Result end() {
        ping.signal("INT");
        String said = ping.await(LIMIT).text();
        Matcher sent = SENT.matcher(said);
        assertThat(sent.find()).as(said).isTrue();
        int last = Integer.parseInt(sent.group(1)) - UNDER_WAY;
        Set<Integer> came = new HashSet<>();
        int duplicates = 0;
        double previous = 0;
        double gap = 0;
        double gapAt = 0;
        double latest = 0;
        for (Matcher reply = REPLY.matcher(said); reply.find(); ) {
            double at = Double.parseDouble(reply.group(1));
            if (!came.add(Integer.parseInt(reply.group(2)))) {
                duplicates++;
            }
            if (previous != 0 && at - previous > gap) {
                gap = at - previous;
                gapAt = previous;
            }
            latest = Math.max(latest, Double.parseDouble(reply.group(3)));
            previous = at;
        }
        List<Integer> lost = new ArrayList<>();
        for (int number = 1; number <= last; number++) {
            if (!came.contains(number)) {
                lost.add(number);
            }
        }
        return new Result(last, lost, duplicates, gap * 1e3, gapAt, latest);
    }
}
