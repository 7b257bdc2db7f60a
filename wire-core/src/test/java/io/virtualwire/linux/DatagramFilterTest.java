package io.virtualwire.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The kernel runs the program as it is meant. */
class DatagramFilterTest {
    private static final int HERE = 0x7f00_0001;
    private static final int ELSEWHERE = 0x0a00_0001;

    @Test
    void takesOnlyWhatItNames() throws IOException {
        assertThat(passes(new int[] {HERE}, 0x11, 0xcafe_0001)).isTrue();
        assertThat(passes(new int[] {HERE}, 0x12, 0x8000_0000)).isTrue();
        assertThat(passes(new int[] {HERE}, 0x13, 0xcafe_0001)).isFalse();
        assertThat(passes(new int[] {HERE}, 0x11, 0xcafe_0002)).isFalse();
        assertThat(passes(new int[] {}, 0x11, 0xcafe_0001)).isTrue();
        assertThat(passes(new int[] {ELSEWHERE, HERE}, 0x11, 0xcafe_0001)).isTrue();
    }

    @Test
    void letsFewStrangersPass() throws IOException {
        assertThat(count(new int[] {ELSEWHERE}, 0x11, 0xcafe_0001, 3_000)).isBetween(1, 300);
    }

    private static boolean passes(int[] sources, int first, int word) throws IOException {
        return count(sources, first, word, 1) == 1;
    }

    private static int count(int[] sources, int first, int word, int datagrams) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (UdpSocket socket = UdpSocket.open(NetworkNamespace.own(), new InetSocketAddress(loopback, 0));
                DatagramSocket sender = new DatagramSocket(new InetSocketAddress(loopback, 0))) {
            int[] words = new int[DatagramFilter.MOST];
            words[100] = 0xcafe_0001;
            words[511] = 0x8000_0000;
            assertThat(socket.guard(new DatagramFilter(new int[] {0x11, 0x12}, 4, words, sources)))
                    .isTrue();
            byte[] payload =
                    ByteBuffer.allocate(64).put((byte) first).putInt(4, word).array();
            for (int i = 0; i < datagrams; i++) {
                sender.send(new DatagramPacket(payload, payload.length, socket.local()));
            }
            socket.unguard();
            // What was sent before this has arrived or was dropped.
            byte[] last = {1};
            sender.send(new DatagramPacket(last, last.length, socket.local()));
            int[] taken = {0};
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        for (int runs = socket.receive(); runs > 0; runs = socket.receive()) {
                            for (int run = 0; run < runs; run++) {
                                if (socket.length(run) == 1) {
                                    return true;
                                }
                                taken[0] += socket.length(run) / payload.length;
                            }
                        }
                        return false;
                    });
            return taken[0];
        }
    }
}
