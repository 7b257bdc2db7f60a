package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.SocketOptions;
import io.virtualwire.linux.UdpSocket;
import io.virtualwire.port.DropReason;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.net.InetSocketAddress;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real UDP between two kernels' worth of network.
 *
 * <pre>
 *   east (192.0.2.1, 2001:db8::1) up0 ──── veth, MTU 1500 ──── up0 (192.0.2.2, 2001:db8::2) west
 * </pre>
 */
@NetnsTest
class UdpTransportNetnsTest {
    private Namespaces lab;
    private Namespace east;
    private Namespace west;
    private DatapathLoop loop;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        east = lab.namespace("east");
        west = lab.namespace("west");
        lab.veth(east, "up0", "192.0.2.1/24", west, "up0", "192.0.2.2/24");
        east.ip("address add 2001:db8::1/64 dev up0 nodad");
        west.ip("address add 2001:db8::2/64 dev up0 nodad");
        loop = DatapathLoop.start("netns");
    }

    @AfterEach
    void remove() {
        loop.close();
        lab.close();
    }

    @Test
    void aRunArrivesCoalesced() {
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            byte[] sent = bytes(43 * 1472 + 9);

            assertThat(pair.send(sent, 1472)).isEqualTo(SendOutcome.SENT);

            pair.received.await(44);
            assertThat(pair.received.runs()).containsExactly(44);
        }
    }

    @Test
    void aRunArrivesCoalescedOverIpv6() {
        try (Pair pair = new Pair("2001:db8::1", "2001:db8::2")) {
            assertThat(pair.send(bytes(40 * 1452), 1452)).isEqualTo(SendOutcome.SENT);

            pair.received.await(40);
            assertThat(pair.received.runs()).containsExactly(40);
            assertThat(pair.received.sources()).containsOnly(pair.left.localAddress());
        }
    }

    @Test
    void aWildcardSocketOfIpv6HearsAndAnswersIpv4() {
        try (Pair pair = new Pair("192.0.2.1", "::")) {
            UnderlayAddress target = UnderlayAddress.of(
                    new InetSocketAddress("192.0.2.2", pair.right.localAddress().port()));
            ReceivedDatagrams answers = new ReceivedDatagrams();
            LoopRunner.run(loop, () -> pair.left.attach(answers));

            assertThat(pair.send(target, bytes(100), 100)).isEqualTo(SendOutcome.SENT);
            pair.received.await(1);
            assertThat(pair.received.sources()).containsExactly(pair.left.localAddress());
            LoopRunner.run(loop, () -> pair.right.send(pair.left.localAddress(), bytes(5000), 0, 5000, 1000));

            answers.await(5);
            assertThat(answers.sources()).containsOnly(target);
        }
    }

    @Test
    void aDatagramLargerThanTheLinkIsRefusedNotFragmented() {
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            assertThat(pair.send(bytes(1473), 1473)).isEqualTo(SendOutcome.TOO_BIG);
            assertThat(pair.send(bytes(30_000), 1473)).isEqualTo(SendOutcome.TOO_BIG);
            assertThat(pair.left.counters().drops().count(DropReason.UNDERLAY_TOO_BIG))
                    .isEqualTo(1 + 21);

            assertThat(pair.send(bytes(1472), 1472)).isEqualTo(SendOutcome.SENT);
            pair.received.await(1);
        }
    }

    @Test
    void theLinkBudgetFollowsTheLink() {
        try (Pair pair = new Pair("::", "192.0.2.2")) {
            UnderlayAddress v4 = pair.right.localAddress();
            UnderlayAddress v6 = UnderlayAddress.of(new InetSocketAddress("2001:db8::2", 7));
            assertThat(pair.budget(v4)).isEqualTo(1472);
            assertThat(pair.budget(v6)).isEqualTo(1452);

            east.ip("link set up0 mtu 1400");

            assertThat(pair.budget(v4)).isEqualTo(1372);
            assertThat(pair.budget(v6)).isEqualTo(1352);
            assertThat(pair.budget(UnderlayAddress.of(new InetSocketAddress("203.0.113.1", 7))))
                    .as("no route")
                    .isEqualTo(1232);
        }
    }

    @Test
    void aSmallDatagramPassesASmallLinkAfterALargeRun() {
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            pair.send(bytes(14_000), 1400);
            pair.received.await(10);
            east.ip("link set up0 mtu 1280");

            assertThat(pair.send(bytes(1200), 1200)).isEqualTo(SendOutcome.SENT);
            assertThat(pair.send(bytes(14_000), 1400)).isEqualTo(SendOutcome.TOO_BIG);
            assertThat(pair.send(bytes(4_800), 1200)).isEqualTo(SendOutcome.SENT);
            pair.received.await(10 + 1 + 4);
        }
    }

    @Test
    void whereTheKernelCannotSegmentTheDatagramsGoOneByOne() {
        UdpSocket socket = UdpSocket.open(new NetworkNamespace(east.name()), new InetSocketAddress("192.0.2.1", 0));
        // Linux segments only what it also gives a checksum.
        SocketOptions.withoutChecksum(socket);
        UdpTransport left = new UdpTransport(loop, socket);
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            byte[] sent = bytes(10 * 1400 + 3);
            SendOutcome outcome =
                    LoopRunner.on(loop, () -> left.send(pair.right.localAddress(), sent, 0, sent.length, 1400));

            assertThat(outcome).isEqualTo(SendOutcome.SENT);
            pair.received.await(11);
            assertThat(left.counters().datagramsSent()).isEqualTo(11);
            assertThat(left.counters().runsSent()).isEqualTo(11);
        }
        LoopRunner.run(loop, left::close);
    }

    @Test
    void anAddressWithoutARouteIsUnreachable() {
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            UnderlayAddress nowhere = UnderlayAddress.of(new InetSocketAddress("203.0.113.1", 7));
            assertThat(pair.send(nowhere, bytes(10), 10)).isEqualTo(SendOutcome.UNREACHABLE);
            UnderlayAddress otherFamily = UnderlayAddress.of(new InetSocketAddress("2001:db8::2", 7));
            assertThat(pair.send(otherFamily, bytes(10), 10)).isEqualTo(SendOutcome.UNREACHABLE);

            assertThat(pair.left.counters().drops().count(DropReason.UNDERLAY_UNREACHABLE))
                    .isEqualTo(2);
        }
    }

    @Test
    void overflowOfTheReceiveBufferIsCounted() {
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            DatapathLoop idle = DatapathLoop.start("idle");
            UdpTransport late =
                    UdpTransport.open(idle, new NetworkNamespace(west.name()), new InetSocketAddress("192.0.2.2", 0));
            for (int i = 0; i < 400; i++) {
                pair.send(late.localAddress(), bytes(64_000), 1000);
            }
            ReceivedDatagrams received = new ReceivedDatagrams();
            LoopRunner.run(idle, () -> late.attach(received));
            // The count comes with a datagram that arrives after the loss.
            Awaitility.await().until(() -> {
                pair.send(late.localAddress(), bytes(10), 10);
                return late.counters().drops().count(DropReason.UNDERLAY_OVERFLOW) > 0;
            });

            LoopRunner.run(idle, late::close);
            idle.close();
        }
    }

    @Test
    void aTakenPortIsRefusedWithAReason() {
        try (Pair pair = new Pair("192.0.2.1", "192.0.2.2")) {
            NetworkNamespace where = new NetworkNamespace(east.name());
            InetSocketAddress taken = pair.left.localAddress().toSocketAddress();

            assertThatThrownBy(() -> UdpTransport.open(loop, where, taken))
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("bind UDP to " + taken)
                    .hasMessageContaining("in use");
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** A transport in each namespace, of which the right one is listened to. */
    private final class Pair implements AutoCloseable {
        private final UdpTransport left;
        private final UdpTransport right;
        private final ReceivedDatagrams received = new ReceivedDatagrams();

        private Pair(String leftHost, String rightHost) {
            left = UdpTransport.open(loop, new NetworkNamespace(east.name()), new InetSocketAddress(leftHost, 0));
            right = UdpTransport.open(loop, new NetworkNamespace(west.name()), new InetSocketAddress(rightHost, 0));
            LoopRunner.run(loop, () -> right.attach(received));
        }

        private SendOutcome send(byte[] bytes, int segmentSize) {
            return send(right.localAddress(), bytes, segmentSize);
        }

        private SendOutcome send(UnderlayAddress to, byte[] bytes, int segmentSize) {
            return LoopRunner.on(loop, () -> left.send(to, bytes, 0, bytes.length, segmentSize));
        }

        private int budget(UnderlayAddress towards) {
            return LoopRunner.on(loop, () -> left.linkBudget(towards));
        }

        @Override
        public void close() {
            LoopRunner.run(loop, left::close);
            LoopRunner.run(loop, right::close);
        }
    }
}
