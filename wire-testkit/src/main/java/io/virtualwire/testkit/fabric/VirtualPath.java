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
    private final VirtualThread thread;
    private final Identity peer;
    private final int budget;
    private int holders;
    private int peerLife;
    private @Nullable VirtualSession session;
    /** Whether the lanes to the other threads do not work: what is sent goes by the first of both. */
    private boolean around;

    VirtualPath(
            VirtualNetwork network,
            VirtualDaemon daemon,
            VirtualThread thread,
            Identity peer,
            int budget,
            boolean around) {
        this.network = network;
        this.daemon = daemon;
        this.thread = thread;
        this.peer = peer;
        this.budget = budget;
        this.around = around;
    }

    void hold() {
        holders++;
    }

    void release() {
        holders--;
    }

    /** The same for the thread of another process that goes on with it; nobody holds it yet. */
    VirtualPath heir(VirtualThread successor) {
        VirtualPath path = new VirtualPath(network, daemon, successor, peer, budget, around);
        path.session = session;
        path.peerLife = peerLife;
        return path;
    }

    boolean isHeld() {
        return holders > 0;
    }

    void up(VirtualSession newSession, int life) {
        boolean newInstance = peerLife != 0 && peerLife != life;
        session = newSession;
        peerLife = life;
        daemon.sessionUp(thread, this, newInstance);
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
    public boolean isSilent() {
        return session == null || network.isSilent(session);
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
        Ledger.Entry entry = network.sent(daemon, peer.name(), header, copy);
        around ^= network.changesRoute();
        if (around && thread.number() > 0) {
            byte[] headerBytes = new byte[MessageHeader.LENGTH];
            header.copyTo(headerBytes, 0);
            MessageHeader handed = new MessageHeader(headerBytes, 0);
            VirtualPath first = thread.first().path(peer.name());
            thread.first().give(() -> first.sendFor(entry, handed, plain, copy));
        } else {
            network.send(current, daemon, peer.name(), entry, around, header, plain, copy);
        }
        return true;
    }

    /** Sends what another thread could not send itself. */
    private void sendFor(Ledger.@Nullable Entry entry, MessageHeader header, boolean plain, byte[] payload) {
        VirtualSession current = session;
        if (current != null && !daemon.isDying()) {
            network.send(current, daemon, peer.name(), entry, true, header, plain, payload);
        }
    }

    @Override
    public void flush() {}

    @Override
    public boolean tell(PeerMessage message) {
        VirtualSession current = session;
        if (current == null || daemon.isDying()) {
            return false;
        }
        if (thread.number() > 0) {
            VirtualPath first = thread.first().path(peer.name());
            thread.first().give(() -> first.tell(message));
            return current.isStreamUp();
        }
        return network.tell(current, daemon, peer.name(), message);
    }
}
