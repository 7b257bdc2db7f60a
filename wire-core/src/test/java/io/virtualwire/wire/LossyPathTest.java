package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.frame.VirtioFault;
import io.virtualwire.frame.VirtioNetHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where the underlay loses datagrams, no frame is so long that one lost datagram costs much more than itself. */
class LossyPathTest {
    private static final int MSS = 1_448;

    private final Bench bench = new Bench();
    private final Bench.BenchPort port = new Bench.BenchPort();

    private void agreed() {
        bench.startSession(Bench.FAR, false);
        bench.engine.addPort("web", port);
        bench.engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
        bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
        bench.path(Bench.FAR).budget = 1_408;
    }

    private static byte[] superFrame(boolean tcp, int segments) {
        byte[] payload = new byte[segments * MSS];
        new Random(2).nextBytes(payload);
        return new FrameBuilder(new Random(1))
                .tcp(tcp)
                .gsoSize(MSS)
                .payload(payload)
                .build();
    }

    /** How many datagrams each frame took that was sent, in the order of their numbers. */
    private List<Integer> datagrams() {
        Map<Long, Integer> byNumber = new TreeMap<>();
        bench.path(Bench.FAR)
                .sent(MessageKind.FRAME)
                .forEach(sent -> byNumber.merge(sent.header().frameNumber(), 1, Integer::sum));
        return new ArrayList<>(byNumber.values());
    }

    @Test
    void whereNothingIsLostASuperFrameStaysWhole() {
        agreed();

        port.emit(superFrame(true, 40));

        assertThat(datagrams()).containsExactly(42);
    }

    @Test
    void whereMuchIsLostEachDatagramIsAFrameOfItsOwn() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 1;

        port.emit(superFrame(true, 40));

        assertThat(datagrams()).hasSize(Math.ceilDiv(40 * MSS, 1_408 - 66)).containsOnly(1);
        assertThat(bench.side(Side.A).counters().framesOut())
                .isEqualTo(datagrams().size());
        for (Bench.Sent sent : bench.path(Bench.FAR).sent(MessageKind.FRAME)) {
            byte[] frame = sent.payload();
            assertThat(new VirtioNetHeader().wrap(frame, 0, frame.length).validate())
                    .isEqualTo(VirtioFault.NONE);
        }
    }

    @Test
    void inBetweenAFrameIsOfSomeFullDatagrams() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 5;

        port.emit(superFrame(true, 40));

        assertThat(datagrams()).containsExactly(5, 5, 5, 5, 5, 5, 5, 5, 2);
    }

    /** Else a full frame of the guest's would be lost as often as either of its two datagrams. */
    @Test
    void whereMuchIsLostTheShortRestOfAFrameIsSentTwice() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 1;

        port.emit(
                new FrameBuilder(new Random(1)).tcp(true).payload(new byte[MSS]).build());

        assertThat(lengths(bench.path(Bench.FAR).sent)).containsExactly(1_408, MSS + 66 - 1_408);
        assertThat(lengths(bench.path(Bench.FAR).copied)).containsExactly(MSS + 66 - 1_408);
    }

    @Test
    void soIsTheLastOfItsSlices() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 1;

        port.emit(superFrame(true, 3));

        int rest = 3 * MSS - 3 * (1_408 - 66) + 66;
        assertThat(lengths(bench.path(Bench.FAR).sent)).containsExactly(1_408, 1_408, 1_408, rest);
        assertThat(lengths(bench.path(Bench.FAR).copied)).containsExactly(rest);
    }

    @Test
    void whatIsNotShortOrNotCutIsSentOnce() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 1;

        port.emit(superFrame(true, 8));
        port.emit(
                new FrameBuilder(new Random(1)).tcp(true).payload(new byte[64]).build());

        assertThat(lengths(bench.path(Bench.FAR).sent)).hasSize(10);
        assertThat(bench.path(Bench.FAR).copied).isEmpty();
    }

    @Test
    void whereLittleIsLostNothingIsSentTwice() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 20;

        port.emit(
                new FrameBuilder(new Random(1)).tcp(true).payload(new byte[MSS]).build());

        assertThat(lengths(bench.path(Bench.FAR).sent)).containsExactly((MSS + 66) / 2, (MSS + 66) / 2);
        assertThat(bench.path(Bench.FAR).copied).isEmpty();
    }

    private static List<Integer> lengths(List<Bench.Sent> sent) {
        return sent.stream()
                .filter(each -> each.header().kind() == MessageKind.FRAME)
                .map(each -> each.payload().length)
                .toList();
    }

    @Test
    void whatCannotBeCutGoesAsItIs() {
        agreed();
        bench.path(Bench.FAR).datagramsPerFrame = 1;

        port.emit(superFrame(false, 5));
        port.emit(
                new FrameBuilder(new Random(1)).tcp(true).payload(new byte[MSS]).build());

        assertThat(datagrams()).containsExactly(6, 2);
    }
}
