package io.virtualwire.transport;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;

/**
 * What a {@link Transport} has sent, received and dropped.
 *
 * <p>Written by the owner thread only, without synchronisation; another thread that reads sees recent values.
 */
public final class TransportCounters {
    private final DropTally drops = new DropTally();
    private long runsSent;
    private long datagramsSent;
    private long bytesSent;
    private long runsReceived;
    private long datagramsReceived;
    private long bytesReceived;

    public void sent(int datagrams, int bytes) {
        runsSent++;
        datagramsSent += datagrams;
        bytesSent += bytes;
    }

    public void received(int datagrams, int bytes) {
        runsReceived++;
        datagramsReceived += datagrams;
        bytesReceived += bytes;
    }

    public void dropped(DropReason reason, int datagrams) {
        drops.add(reason, datagrams);
    }

    public long runsSent() {
        return runsSent;
    }

    public long datagramsSent() {
        return datagramsSent;
    }

    public long bytesSent() {
        return bytesSent;
    }

    public long runsReceived() {
        return runsReceived;
    }

    public long datagramsReceived() {
        return datagramsReceived;
    }

    public long bytesReceived() {
        return bytesReceived;
    }

    public DropTally drops() {
        return drops;
    }
}
