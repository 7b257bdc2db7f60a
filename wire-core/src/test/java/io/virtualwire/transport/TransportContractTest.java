package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Transport} owes. */
abstract class TransportContractTest {
    private final Random random = new Random(42);
    private DatapathLoop loop;
    private Transport left;
    private Transport right;

    /** Opens one on a free port of an address that the others of this test reach. */
    abstract Transport open(DatapathLoop owner);

    @BeforeEach
    void openTwo() {
        loop = DatapathLoop.start("contract");
        left = open(loop);
        right = open(loop);
    }

    @AfterEach
    void closeAll() {
        LoopRunner.run(loop, left::close);
        LoopRunner.run(loop, right::close);
        loop.close();
    }

    @Test
    void theBoundAddressHasThePortThatWasGiven() {
        assertThat(left.localAddress().port()).isPositive();
        assertThat(left.localAddress()).isNotEqualTo(right.localAddress());
    }

    @Test
    void aDatagramArrivesWithItsSource() {
        ReceivedDatagrams received = attach(right);
        byte[] sent = bytes(100);

        assertThat(send(sent, 100)).isEqualTo(SendOutcome.SENT);

        assertThat(received.await(1).getFirst()).isEqualTo(sent);
        assertThat(received.sources()).containsExactly(left.localAddress());
    }

    @Test
    void onlyTheNamedBytesAreSentAndTheyStayTheCallers() {
        ReceivedDatagrams received = attach(right);
        byte[] all = bytes(100);
        byte[] before = all.clone();

        SendOutcome outcome = LoopRunner.on(loop, () -> left.send(right.localAddress(), all, 10, 50, 50));

        assertThat(outcome).isEqualTo(SendOutcome.SENT);
        assertThat(received.await(1).getFirst()).isEqualTo(java.util.Arrays.copyOfRange(before, 10, 60));
        assertThat(all).isEqualTo(before);
    }

    @Test
    void aRunKeepsTheBoundariesOfItsDatagrams() {
        ReceivedDatagrams received = attach(right);
        byte[] sent = bytes(63 * 1000 + 7);

        assertThat(send(sent, 1000)).isEqualTo(SendOutcome.SENT);

        List<byte[]> datagrams = received.await(64);
        assertThat(datagrams.subList(0, 63))
                .allSatisfy(datagram -> assertThat(datagram).hasSize(1000));
        assertThat(datagrams.getLast()).hasSize(7);
        assertThat(joined(datagrams)).isEqualTo(sent);
    }

    @Test
    void runsOfOtherSizesFollowEachOther() {
        ReceivedDatagrams received = attach(right);
        int[][] runs = {{3000, 1000}, {500, 500}, {1200, 600}, {1, 1}, {1400, 1400}, {90, 30}};
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        int datagrams = 0;
        for (int[] run : runs) {
            byte[] bytes = bytes(run[0]);
            sent.writeBytes(bytes);
            datagrams += run[0] / run[1];
            assertThat(send(bytes, run[1])).isEqualTo(SendOutcome.SENT);
        }

        assertThat(joined(received.await(datagrams))).isEqualTo(sent.toByteArray());
    }

    @Test
    void whatArrivesBeforeSomebodyIsAttachedWaits() {
        byte[] sent = bytes(10);
        send(sent, 10);

        assertThat(attach(right).await(1).getFirst()).isEqualTo(sent);
    }

    @Test
    void aSinkMayAnswer() {
        ReceivedDatagrams answers = attach(left);
        LoopRunner.run(
                loop,
                () -> right.attach((bytes, offset, length, segmentSize, source) ->
                        right.send(source, bytes, offset, length, segmentSize)));
        byte[] sent = bytes(2500);

        send(sent, 1000);

        assertThat(joined(answers.await(3))).isEqualTo(sent);
        assertThat(answers.sources()).containsOnly(right.localAddress());
    }

    @Test
    void aSinkMayCloseTheTransport() {
        ReceivedDatagrams received = new ReceivedDatagrams();
        LoopRunner.run(
                loop,
                () -> right.attach((bytes, offset, length, segmentSize, source) -> {
                    received.datagrams(bytes, offset, length, segmentSize, source);
                    right.close();
                }));

        LoopRunner.run(loop, () -> {
            left.send(right.localAddress(), bytes(10), 0, 10, 10);
            left.send(right.localAddress(), bytes(20), 0, 20, 20);
        });

        assertThat(received.await(1).getFirst()).hasSize(10);
        LoopRunner.run(loop, () -> {});
        assertThat(received.datagrams()).hasSize(1);
    }

    @Test
    void afterCloseNothingIsSentAndClosingAgainDoesNothing() {
        LoopRunner.run(loop, left::close);
        LoopRunner.run(loop, left::close);

        assertThat(send(bytes(10), 10)).isEqualTo(SendOutcome.CLOSED);
    }

    @Test
    void aRunBeyondTheLimitsIsADefect() {
        assertThatThrownBy(() -> send(bytes(65), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> send(bytes(64_001), 32_000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyOneMayReceive() {
        attach(left);

        assertThatThrownBy(() -> attach(left)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatPassesIsCounted() {
        ReceivedDatagrams received = attach(right);
        send(bytes(2500), 1000);
        received.await(3);

        assertThat(left.counters().runsSent()).isEqualTo(1);
        assertThat(left.counters().datagramsSent()).isEqualTo(3);
        assertThat(left.counters().bytesSent()).isEqualTo(2500);
        assertThat(right.counters().datagramsReceived()).isEqualTo(3);
        assertThat(right.counters().bytesReceived()).isEqualTo(2500);
        assertThat(left.counters().drops().total()).isZero();
    }

    @Test
    void theLinkTakesAtLeastTheMinimumOfIpv6() {
        assertThat(LoopRunner.on(loop, () -> left.linkBudget(right.localAddress())))
                .isGreaterThanOrEqualTo(1232);
    }

    private ReceivedDatagrams attach(Transport transport) {
        ReceivedDatagrams received = new ReceivedDatagrams();
        LoopRunner.run(loop, () -> transport.attach(received));
        return received;
    }

    private SendOutcome send(byte[] bytes, int segmentSize) {
        return LoopRunner.on(loop, () -> left.send(right.localAddress(), bytes, 0, bytes.length, segmentSize));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        parts.forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
