package io.virtualwire.log;

import java.io.IOException;
import java.time.Duration;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
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
    private final RaftGroupId group;
    private final Thread thread;

    Reconnector(RaftServer server, RaftGroupId group) {
        this.server = server;
        this.group = group;
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
                if (leaderless == LEADERLESS_LOOKS) {
                    leaderless = 0;
                    callAnew();
                }
            } catch (InterruptedException | IOException closing) {
                return;
            }
        }
    }

    private void callAnew() throws IOException {
        IOException reason = new IOException("no leader");
        for (RaftPeer voter : server.getDivision(group).getRaftConf().getAllPeers()) {
            if (!voter.getId().equals(server.getId())) {
                server.getServerRpc().handleException(voter.getId(), reason, true);
            }
        }
    }

    private boolean hasLeader() throws IOException {
        return server.getDivision(group).getInfo().getLeaderId() != null;
    }
}
