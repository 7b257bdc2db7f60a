package io.virtualwire.association;

import io.virtualwire.identity.Standing;
import java.net.InetAddress;

/** What is left of a control stream that ended with the process before this one: where it led, and what it proved. */
record LostStream(InetAddress remoteAddress, Standing standing) implements SessionStream {
    @Override
    public boolean send(StreamMessage message) {
        return false;
    }

    @Override
    public boolean send(byte[] datagrams, int offset, int length, int datagramSize) {
        return false;
    }

    @Override
    public void finish(StreamMessage last) {}

    @Override
    public void leave() {}

    @Override
    public void cut() {}

    @Override
    public boolean isRelayed() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return false;
    }
}
