package io.virtualwire.linux;

import io.virtualwire.time.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * What this kernel does of UDP_SEGMENT and UDP_GRO (udp(7)), found by sending ten datagrams in one call over loopback.
 *
 * @param arrived whether what was sent arrived at all; the other two mean nothing without it
 * @param segmentErrno 0 if the kernel took ten datagrams in one call, else why it did not
 * @param coalesces whether they arrived in one call too
 */
public record UdpOffloads(boolean arrived, int segmentErrno, boolean coalesces) {
    private static final int SEGMENT = 1200;
    private static final int SEGMENTS = 10;
    private static final long LOOPBACK_LOW = 0xffff_7f00_0001L;

    /** Tries it, on two sockets of its own; waits for at most {@code patience}. */
    public static UdpOffloads probe(Ticker ticker, Duration patience) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (UdpSocket sender = UdpSocket.open(NetworkNamespace.own(), any);
                UdpSocket receiver = UdpSocket.open(NetworkNamespace.own(), any)) {
            byte[] run = new byte[SEGMENT * SEGMENTS];
            int port = receiver.local().getPort();
            int sent = sender.send(0, LOOPBACK_LOW, port, 0, run, 0, run.length, SEGMENT);
            if (sent < 0) {
                return new UdpOffloads(true, -sent, false);
            }
            return received(receiver, ticker, patience);
        }
    }

    private static UdpOffloads received(UdpSocket receiver, Ticker ticker, Duration patience) {
        long deadline = ticker.nanoTime() + patience.toNanos();
        while (ticker.nanoTime() < deadline) {
            if (receiver.receive() > 0) {
                return new UdpOffloads(true, 0, receiver.length(0) > SEGMENT && receiver.segmentSize(0) == SEGMENT);
            }
            LockSupport.parkNanos(1_000_000);
        }
        return new UdpOffloads(false, 0, false);
    }
}
