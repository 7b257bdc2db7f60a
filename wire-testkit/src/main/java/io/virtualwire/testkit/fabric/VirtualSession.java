package io.virtualwire.testkit.fabric;

import java.util.HashMap;
import java.util.Map;

/** What one handshake made between two lives of two daemons: keys, and a control stream until it breaks. */
final class VirtualSession {
    private final Map<String, Integer> lives = new HashMap<>();
    private final Map<String, Long> lastTold = new HashMap<>();
    private boolean streamUp = true;
    private long brokenAt;

    VirtualSession(VirtualDaemon one, VirtualDaemon other) {
        lives.put(one.name(), one.life());
        lives.put(other.name(), other.life());
    }

    int lifeOf(String daemon) {
        return lives.getOrDefault(daemon, 0);
    }

    boolean isStreamUp() {
        return streamUp;
    }

    void breakStream(long now) {
        if (streamUp) {
            streamUp = false;
            brokenAt = now;
        }
    }

    /** For how long nobody could make another one: a stream that just broke is followed at once. */
    long brokenFor(long now) {
        return streamUp ? 0 : now - brokenAt;
    }

    /** When what is told now arrives: not before what was told earlier. */
    long arrival(String teller, long earliest) {
        long at = Math.max(earliest, lastTold.getOrDefault(teller, 0L) + 1);
        lastTold.put(teller, at);
        return at;
    }
}
