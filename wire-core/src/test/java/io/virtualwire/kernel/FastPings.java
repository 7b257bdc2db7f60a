package io.virtualwire.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Pings every two milliseconds, and which of them were answered. */
final class FastPings implements AutoCloseable {
    private static final Pattern REPLY = Pattern.compile("icmp_seq=(\\d+) ");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RunningCommand ping;

    FastPings(Namespace from, String to) {
        ping = from.start("ping", "-n", "-i", "0.002", "-W", "2", to);
        awaitReplies(5);
    }

    int replies() {
        return answered().cardinality();
    }

    void awaitReplies(int more) {
        int before = replies();
        Awaitility.await().atMost(LIMIT).until(() -> replies() >= before + more);
    }

    /** Ends it; how many were lost before the last that was answered. */
    int endAndCountLost() {
        ping.signal("INT");
        ping.await(LIMIT);
        BitSet answered = answered();
        assertThat(ping.output()).doesNotContain("DUP!");
        return answered.length() - 1 - answered.cardinality();
    }

    private BitSet answered() {
        BitSet answered = new BitSet();
        for (Matcher reply = REPLY.matcher(ping.output()); reply.find(); ) {
            answered.set(Integer.parseInt(reply.group(1)));
        }
        return answered;
    }

    @Override
    public void close() {
        ping.close();
    }
}
