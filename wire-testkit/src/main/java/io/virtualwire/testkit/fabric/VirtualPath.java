package io.virtualwire.testkit.fabric;

import io.virtualwire.control.Identity;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The way from one life of a daemon to another daemon. */
final class VirtualPath implements WirePath {
    private final VirtualNetwork network;
    private final VirtualDaemon daemon;
    private final Identity peer;
    private final int budget;
    private int holders;
    private int peerLife;
    private @Nullable VirtualSession session;

    VirtualPath(VirtualNetwork network, VirtualDaemon daemon, Identity peer, int budget) {
        this.network = network;
        this.daemon = daemon;
        this.peer = peer;
        this.budget = budget;
    }

    void hold() {
        holders++;
    }

    void release() {
        holders--;
    }

    /** Those who held it are gone. */
    void letGo() {
        holders = 0;
    }

    boolean isHeld() {
        return holders > 0;
    }

    void up(VirtualSession newSession, int life) {
        boolean newInstance = peerLife != 0 && peerLife != life;
        session = newSession;
        peerLife = life;
        daemon.sessionUp(this, newInstance);
    }

    /** Whether a datagram of this session is still believed: it comes from the peer's present life. */
    boolean believes(VirtualSession other) {
        return peerLife == 0 ? other.isStreamUp() : other.lifeOf(peer.name()) == peerLife;
    }

    @Override
    public Identity peer() {
        return peer;
    }

    @Override
    public boolean isUp() {
        return session != null;
    }

    @Override
    public int payloadBudget() {
        return budget;
    }

    @Override
    public boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
        VirtualSession current = session;
        if (current == null || daemon.isDying()) {
            return false;
        }
        byte[] copy = Arrays.copyOfRange(payload, offset, offset + length);
        network.send(current, daemon, peer.name(), header, plain, copy);
        return true;
    }

    @Override
    public void flush() {}

    @Override
    public boolean tell(PeerMessage message) {
        VirtualSession current = session;
        return current != null && !daemon.isDying() && network.tell(current, daemon, peer.name(), message);
    }
}
