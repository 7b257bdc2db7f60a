package io.virtualwire.benchmarks;

import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.linux.UdpSocket;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.util.HexFormat;

/**
 * What one read and one write of a TAP cost, in nanoseconds of CPU time, for frames of several sizes.
 *
 * <p>Run as root; makes a namespace of its own and removes it. Frames are read that the namespace's kernel sent through UDP
 * segmentation offload; frames are written that this kernel takes and drops, being addressed to another station.
 *
 * <pre>
 * mvn -q -pl benchmarks -am -Pquick package
 * java --enable-native-access=ALL-UNNAMED -cp "$(benchmarks class path)" io.virtualwire.benchmarks.TapCallCost
 * </pre>
 */
public final class TapCallCost {
    private static final int ROUNDS = 400;
    private static final int FRAMES = 200;
    private static final int PEER_PORT = 9;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final byte[] buffer = new byte[VirtioNetHeader.MAX_FRAME_LENGTH];
    private final TapDevice tap;
    private final UdpSocket guest;
    private int lastLength;

    private TapCallCost(TapDevice tap, UdpSocket guest) {
        this.tap = tap;
        this.guest = guest;
    }

    public static void main(String[] arguments) {
        String name = "vwbench-" + ProcessHandle.current().pid();
        InterfaceControl host = new InterfaceControl(NetworkNamespace.own());
        host.ip("netns", "add", name);
        try {
            NetworkNamespace where = new NetworkNamespace(name);
            InterfaceControl inside = new InterfaceControl(where);
            try (TapDevice tap = TapDevice.open(TapRequest.named("tap0").in(where))) {
                inside.address("tap0", "10.1.0.2/24");
                inside.up("tap0");
                inside.ip("neighbour", "replace", "10.1.0.1", "lladdr", "52:54:00:00:00:01", "dev", "tap0");
                try (UdpSocket guest = UdpSocket.open(where, new InetSocketAddress("10.1.0.2", 0))) {
                    new TapCallCost(tap, guest).run();
                }
            }
        } finally {
            host.ip("netns", "delete", name);
        }
    }

    private void run() {
        System.out.println("frame bytes, read ns, write ns, read nothing ns");
        measure(1, 60);
        measure(1, 1400);
        measure(43, 1472);
    }

    private void measure(int segments, int segmentSize) {
        for (int warmUp = 0; warmUp < ROUNDS; warmUp++) {
            readRound(segments, segmentSize);
            writeRound(segments * segmentSize);
        }
        long read = 0;
        long write = 0;
        long nothing = 0;
        int length = 0;
        for (int round = 0; round < ROUNDS; round++) {
            read += readRound(segments, segmentSize);
            length = lastLength;
            write += writeRound(length);
            nothing += nothingRound();
        }
        long calls = (long) ROUNDS * FRAMES;
        System.out.printf("%d, %d, %d, %d%n", length, read / calls, write / calls, nothing / calls);
    }

    private long readRound(int segments, int segmentSize) {
        while (tap.read(buffer, 0, buffer.length) > 0) {
            continue;
        }
        byte[] payload = new byte[segments * segmentSize];
        for (int i = 0; i < FRAMES; i++) {
            guest.send(0, 0xffff_0a01_0001L, PEER_PORT, 0, payload, 0, payload.length, segmentSize);
        }
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < FRAMES; i++) {
            int length = tap.read(buffer, 0, buffer.length);
            if (length < 0) {
                throw new IllegalStateException("read " + i + " gave " + length);
            }
            lastLength = length;
        }
        return threads.getCurrentThreadCpuTime() - start;
    }

    private long writeRound(int length) {
        VirtioNetHeader.clear(buffer, 0);
        byte[] head = HexFormat.of().parseHex("5254000000995254000000019000");
        System.arraycopy(head, 0, buffer, VirtioNetHeader.LENGTH, head.length);
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < FRAMES; i++) {
            int result = tap.write(buffer, 0, length);
            if (result != length) {
                throw new IllegalStateException("write gave " + result);
            }
        }
        return threads.getCurrentThreadCpuTime() - start;
    }

    private long nothingRound() {
        while (tap.read(buffer, 0, buffer.length) > 0) {
            continue;
        }
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < FRAMES; i++) {
            tap.read(buffer, 0, buffer.length);
        }
        return threads.getCurrentThreadCpuTime() - start;
    }
}
