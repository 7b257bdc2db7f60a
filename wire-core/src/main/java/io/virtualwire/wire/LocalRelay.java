package io.virtualwire.wire;

import io.virtualwire.control.Generation;

/** Relays to the record that replaced this one in the same daemon: no datagrams, nothing to wait for. */
final class LocalRelay implements RelayOut {
    private final SideRecord successor;

    LocalRelay(SideRecord successor) {
        this.successor = successor;
    }

    @Override
    public Generation generation() {
        return successor.generation();
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public boolean frame(Peer sender, long number, byte[] bytes, int offset, int length) {
        return successor.relayedHere(sender.generation(), number, bytes, offset, length);
    }

    @Override
    public void end(Peer sender) {
        sender.relayEnd.stop();
        sender.relayEndAnswered = true;
        successor.relayEndedHere(sender.generation(), sender.relayEndNumber, sender.relayedOut);
    }

    @Override
    public void close() {}
}
