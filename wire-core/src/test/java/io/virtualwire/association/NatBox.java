package io.virtualwire.association;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A box between an inner daemon and an outer one that puts its own port in the place of the inner one's. */
final class NatBox implements AutoCloseable {
    private final InetSocketAddress outerPeer;
    private final DatagramSocket inner = socket();
    private volatile DatagramSocket outer = socket();
    private volatile @Nullable SocketAddress insider;

    NatBox(InetSocketAddress outerPeer) {
        this.outerPeer = outerPeer;
        Thread.ofVirtual().start(() -> pump(inner));
        pumpInwards(outer);
    }

    /** Where the inner daemon sends. */
    InetSocketAddress innerAddress() {
        return (InetSocketAddress) inner.getLocalSocketAddress();
    }

    /** Where the outer daemon sees the inner one. */
    String outerAddress() {
        return "127.0.0.1:" + outer.getLocalPort();
    }

    /** The mapping is forgotten and made anew with another port. */
    void rebind() {
        DatagramSocket old = outer;
        outer = socket();
        pumpInwards(outer);
        old.close();
    }

    private void pumpInwards(DatagramSocket from) {
        Thread.ofVirtual().start(() -> pump(from));
    }

    private void pump(DatagramSocket from) {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        try {
            for (; ; ) {
                packet.setLength(65_536);
                from.receive(packet);
                if (from == inner) {
                    insider = packet.getSocketAddress();
                    packet.setSocketAddress(outerPeer);
                    outer.send(packet);
                } else if (insider != null) {
                    packet.setSocketAddress(insider);
                    inner.send(packet);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static DatagramSocket socket() {
        try {
            return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        inner.close();
        outer.close();
    }
}
