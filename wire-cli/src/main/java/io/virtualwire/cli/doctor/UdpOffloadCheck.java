package io.virtualwire.cli.doctor;

import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.UdpSocket;
import io.virtualwire.transport.UnderlayAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Sends ten datagrams in one call over loopback, and looks whether they arrive as one. */
public final class UdpOffloadCheck {
    private static final String SUBJECT = "UDP offload";
    private static final int SEGMENT = 1200;
    private static final int SEGMENTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    public Finding run() {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (UdpSocket sender = UdpSocket.open(NetworkNamespace.own(), any);
                UdpSocket receiver = UdpSocket.open(NetworkNamespace.own(), any)) {
            UnderlayAddress to = UnderlayAddress.of(receiver.local());
            byte[] run = new byte[SEGMENT * SEGMENTS];
            int sent = sender.send(to.high(), to.low(), to.port(), to.scope(), run, 0, run.length, SEGMENT);
            if (sent < 0) {
                return Finding.warn(
                        SUBJECT, "no UDP_SEGMENT: errno " + -sent, "wires are several times slower; Linux 4.18 has it");
            }
            return judge(receiver);
        } catch (WireException e) {
            return Finding.fail(SUBJECT, String.valueOf(e.getMessage()), e.hint());
        }
    }

    private static Finding judge(UdpSocket receiver) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (receiver.receive() > 0) {
                return receiver.length(0) > SEGMENT && receiver.segmentSize(0) == SEGMENT
                        ? Finding.ok(SUBJECT, "sent " + SEGMENTS + " datagrams in one call, received them in one")
                        : Finding.warn(SUBJECT, "UDP_SEGMENT works, UDP_GRO does not", "Linux 5.0 or later has it");
            }
            LockSupport.parkNanos(1_000_000);
        }
        return Finding.fail(SUBJECT, "datagrams to this host itself do not arrive", "let loopback traffic through");
    }
}
