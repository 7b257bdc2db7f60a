package io.virtualwire.log;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/**
 * Calls the other voters anew while there is no leader.
 *
 * <p>A connection that could not be made is tried again after a pause that doubles up to two minutes. A lone voter
 * with the longest log may thus keep two returned ones, who may not lead, waiting that long for its candidature.
 */
final class Reconnector implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int LEADERLESS_LOOKS = 3;

    private final RaftServer server;
    private final RaftGroup group;
    private final List<RaftPeerId> others;
    private final Thread thread;

    Reconnector(RaftServer server, RaftGroup group) {
        this.server = server;
        this.group = group;
        this.others = group.getPeers().stream()
                .map(RaftPeer::getId)
                .filter(id -> !id.equals(server.getId()))
                .toList();
        this.thread = Thread.ofVirtual().name("log-reconnector").start(this::run);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        int leaderless = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(LOOK_EVERY);
                leaderless = hasLeader() ? 0 : leaderless + 1;
            } catch (InterruptedException | IOException closing) {
                return;
            }
            if (leaderless == LEADERLESS_LOOKS) {
                leaderless = 0;
                IOException reason = new IOException("no leader");
                others.forEach(other -> server.getServerRpc().handleException(other, reason, true));
            }
        }
    }

    private boolean hasLeader() throws IOException {
        return server.getDivision(group.getGroupId()).getInfo().getLeaderId() != null;
    }
}
