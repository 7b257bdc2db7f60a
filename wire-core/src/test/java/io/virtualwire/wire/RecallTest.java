package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.port.DropReason;
import io.virtualwire.testkit.port.QueuedPort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The old place of a guest that is moved: what the guest was given and never read goes to the new place. */
class RecallTest {
    private final Bench bench = new Bench();
    private final QueuedPort port = new QueuedPort("vm", 6);
    private long sent;

    private static ConnectRequest relaying() {
        ConnectRequest plain = Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1);
        return new ConnectRequest(
                plain.wire(),
                plain.side(),
                plain.generation(),
                plain.endpoint(),
                plain.peer(),
                plain.options(),
                Optional.of(new RelayDescription(Bench.NEXT, Bench.generation(2), List.of())),
                Optional.empty());
    }

    private void connected(Bench at) {
        at.startSession(Bench.FAR, false);
        at.startSession(Bench.NEXT, false);
        at.engine.addPort("web", port);
        at.engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
        at.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
    }

    private void successorIsKnown(Bench at) {
        at.engine.connect(relaying());
        at.engine.told(
                at.path(Bench.NEXT),
                new PeerMessage.Offer(
                        Bench.WIRE, Side.A, Bench.generation(2), Bench.generation(1), 71, Role.STANDBY, false, true));
    }

    private void farSends(int frames) {
        for (int i = 0; i < frames; i++) {
            sent++;
            bench.farSends(Bench.FAR, MessageKind.FRAME, sent, 0, 40, frame(sent));
        }
    }

    private static byte[] frame(long number) {
        return ByteBuffer.allocate(40).putLong(32, number).array();
    }

    private void superseded() {
        MessageHeader end = bench.header(Bench.FAR, MessageKind.END, sent, 0, 0).superseded(true);
        bench.farSends(Bench.FAR, end, new byte[0]);
    }

    private static List<Long> numbers(Bench at) {
        return at.path(Bench.NEXT).sent(MessageKind.RELAYED_FRAME).stream()
                .map(message -> message.header().frameNumber())
                .toList();
    }

    private static List<Long> upTo(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void whatTheGuestDidNotReadIsRelayedBeforeTheEndMarker() {
        connected(bench);
        successorIsKnown(bench);
        farSends(3);
        port.read(2);
        farSends(2);
        superseded();

        assertThat(numbers(bench)).isEqualTo(upTo(3, 5));
        List<Bench.Sent> relayed = bench.path(Bench.NEXT).sent(MessageKind.RELAYED_FRAME);
        for (Bench.Sent each : relayed) {
            assertThat(each.payload()).isEqualTo(frame(each.header().frameNumber()));
        }
        Bench.Sent end = bench.path(Bench.NEXT).sent(MessageKind.RELAYED_END).getFirst();
        assertThat(ByteBuffer.wrap(end.payload()).getLong()).isEqualTo(3);
        assertThat(bench.path(Bench.NEXT).sent.indexOf(end)).isGreaterThan(2);
        bench.advance(Duration.ofSeconds(2));
        assertThat(numbers(bench)).isEqualTo(upTo(3, 5));
        assertThat(port.isAsked()).isFalse();
    }

    @Test
    void whatTheQueueDidNotTakeMeanwhileIsRelayedToo() {
        connected(bench);
        successorIsKnown(bench);
        farSends(10);
        superseded();
        assertThat(numbers(bench)).isEqualTo(upTo(1, 10));
        farSends(2);
        assertThat(numbers(bench)).isEqualTo(upTo(1, 12));
    }

    @Test
    void whatOverflowedWhileTheGuestReadIsNot() {
        connected(bench);
        successorIsKnown(bench);
        farSends(8);
        port.read(6);
        farSends(2);
        port.read(1);
        superseded();
        assertThat(numbers(bench)).containsExactly(10L);
    }

    @Test
    void aGuestThatHasReadEverythingLeavesNothing() {
        connected(bench);
        successorIsKnown(bench);
        farSends(5);
        port.read(5);
        superseded();
        assertThat(numbers(bench)).isEmpty();
        assertThat(bench.path(Bench.NEXT).sent(MessageKind.RELAYED_END)).isNotEmpty();
    }

    /** A guest whose port takes no UDP super-frames reads datagram by datagram, and what it did not read is relayed so. */
    @Test
    void ofAFrameThatWasCutForTheGuestOnlyTheUnreadPartIsRelayed() {
        connected(bench);
        successorIsKnown(bench);
        byte[] payload = new byte[500];
        new Random(1).nextBytes(payload);
        byte[] frame =
                new FrameBuilder(new Random(1)).gsoSize(100).payload(payload).build();
        sent++;
        bench.farSends(Bench.FAR, MessageKind.FRAME, sent, 0, frame.length, frame);
        port.read(2);
        superseded();

        assertThat(port.frames()).hasSize(2).allMatch(each -> each.length == frame.length - 400);
        List<Bench.Sent> relayed = bench.path(Bench.NEXT).sent(MessageKind.RELAYED_FRAME);
        assertThat(relayed).hasSize(3);
        for (int i = 0; i < 3; i++) {
            byte[] part = relayed.get(i).payload();
            assertThat(Arrays.copyOfRange(part, part.length - 100, part.length))
                    .isEqualTo(Arrays.copyOfRange(payload, 200 + 100 * i, 300 + 100 * i));
        }
    }

    /** Whether the guest has the frame that was taken last shows later, and it is relayed then, late. */
    @Test
    void aFrameThatWasTakenInVainFollowsWhenThatIsSure() {
        connected(bench);
        successorIsKnown(bench);
        farSends(4);
        port.read(2);
        port.tookOneInVain();
        superseded();
        assertThat(numbers(bench)).isEqualTo(upTo(3, 4));
        bench.advance(Duration.ofNanos(Bounds.PROTOCOL.settleNanos() - 1));
        assertThat(numbers(bench)).isEqualTo(upTo(3, 4));
        assertThat(bench.events).noneMatch(SideEvent.Drained.class::isInstance);
        bench.advance(Duration.ofMillis(1));
        assertThat(numbers(bench)).containsExactly(3L, 4L, 2L);
        assertThat(port.isAsked()).isFalse();
        bench.advance(Duration.ofSeconds(2));
        assertThat(bench.events).anyMatch(SideEvent.Drained.class::isInstance);
    }

    /** What the guest had not read when another process took over is known to that one, and what it read since is not. */
    @Test
    void anotherProcessGoesOnWithWhatIsUnread() {
        connected(bench);
        successorIsKnown(bench);
        farSends(3);
        port.read(1);
        EngineImage image = bench.engine.image();
        assertThat(image.sides()
                        .getFirst()
                        .records()
                        .getFirst()
                        .unread()
                        .orElseThrow()
                        .frames())
                .as("what is unread, and what was read last")
                .hasSize(3);

        Bench next = new Bench();
        next.startSession(Bench.FAR, false);
        next.startSession(Bench.NEXT, false);
        next.engine.restore(image);
        port.read(1);
        next.engine.addPort("web", port);
        next.engine.goOn();
        sent++;
        next.farSends(Bench.FAR, bench.header(Bench.FAR, MessageKind.FRAME, sent, 0, 40), frame(sent));
        MessageHeader end = bench.header(Bench.FAR, MessageKind.END, sent, 0, 0).superseded(true);
        next.farSends(Bench.FAR, end, new byte[0]);

        assertThat(numbers(next)).isEqualTo(upTo(3, 4));
        assertThat(next.path(Bench.NEXT).sent(MessageKind.RELAYED_FRAME))
                .allSatisfy(each ->
                        assertThat(each.payload()).isEqualTo(frame(each.header().frameNumber())));
        next.advance(Duration.ofSeconds(2));
        assertThat(next.events)
                .filteredOn(SideEvent.Recalled.class::isInstance)
                .singleElement()
                .isEqualTo(new SideEvent.Recalled(Bench.WIRE, Side.A, Bench.generation(1), 2, 0));
    }

    /** Whether the frame that was taken last reached the guest may show only after another process has taken over. */
    @Test
    void anotherProcessRelaysWhatWasTakenInVainBefore() {
        connected(bench);
        successorIsKnown(bench);
        farSends(4);
        port.read(2);
        port.tookOneInVain();
        Bench next = new Bench();
        next.startSession(Bench.FAR, false);
        next.startSession(Bench.NEXT, false);
        next.engine.restore(bench.engine.image());
        next.engine.addPort("web", port);
        next.engine.goOn();
        MessageHeader end = bench.header(Bench.FAR, MessageKind.END, sent, 0, 0).superseded(true);
        next.farSends(Bench.FAR, end, new byte[0]);
        assertThat(numbers(next)).isEqualTo(upTo(3, 4));
        next.advance(Duration.ofSeconds(1));
        assertThat(numbers(next)).containsExactly(3L, 4L, 2L);
    }

    @Test
    void withoutASuccessorNothingIsKept() {
        connected(bench);
        farSends(2);
        assertThat(port.isAsked()).isFalse();
        successorIsKnown(bench);
        assertThat(port.isAsked()).isTrue();
        superseded();
        assertThat(numbers(bench)).as("from before it was known").isEmpty();
    }

    /** It may be suspended before the relay leg is agreed. */
    @Test
    void whatComesBeforeTheRelayLegIsAgreedIsKept() {
        connected(bench);
        bench.engine.connect(relaying());
        farSends(2);
        superseded();
        assertThat(numbers(bench)).isEmpty();
        successorIsKnown(bench);
        assertThat(numbers(bench)).isEqualTo(upTo(1, 2));
    }

    /** The guest goes on where it was, and reads what is in its queue: nothing may come twice. */
    @Test
    void whenTheSuccessorIsCalledOffNothingIsGivenAgain() {
        connected(bench);
        successorIsKnown(bench);
        farSends(4);
        bench.engine.told(bench.path(Bench.NEXT), new PeerMessage.Withdraw(71));
        assertThat(port.isAsked()).isFalse();
        farSends(1);
        port.read(10);
        assertThat(port.frames()).hasSize(5);
        assertThat(numbers(bench)).isEmpty();
        assertThat(bench.side(Side.A).state()).isEqualTo(SideState.ACTIVE);
    }

    /** As a component's node does; the guest may go on here, so its queue stays its own. */
    @Test
    void aYieldByCommandRelaysNothingThatTheGuestWasGiven() {
        connected(bench);
        successorIsKnown(bench);
        farSends(2);
        bench.engine.yieldSide(Bench.WIRE, Side.A);
        assertThat(numbers(bench)).isEmpty();
    }

    @Test
    void aGuestThatResumesAfterwardsIsMute() {
        connected(bench);
        successorIsKnown(bench);
        superseded();
        int before = bench.path(Bench.FAR).sent(MessageKind.FRAME).size();
        port.emit(frame(1));
        bench.advance(Duration.ofSeconds(2));
        port.emit(frame(2));
        assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME)).hasSize(before);
        assertThat(bench.path(Bench.NEXT).sent(MessageKind.RELAYED_FRAME)).isEmpty();
        assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.YIELDED, 2L);
    }

    @Test
    void whatIsTooOldIsNotRelayed() {
        connected(bench);
        successorIsKnown(bench);
        farSends(2);
        bench.advance(Duration.ofNanos(Bounds.PROTOCOL.recallNanos() + 1));
        farSends(1);
        superseded();
        assertThat(numbers(bench)).containsExactly(3L);
    }

    @Test
    void anotherPortBeginsAnew() {
        connected(bench);
        successorIsKnown(bench);
        farSends(2);
        QueuedPort other = new QueuedPort("vm", 6);
        bench.engine.addPort("web", other);
        assertThat(port.isAsked()).isFalse();
        assertThat(other.isAsked()).isTrue();
        farSends(1);
        superseded();
        assertThat(numbers(bench)).containsExactly(3L);
    }

    @Test
    void aTenantWhoseWiresMayNotHoldAsMuchMovesWithoutIt() {
        Bench tight = new Bench("acme", new TenantQuotas() {
            @Override
            public int peers(String tenant) {
                return 10;
            }

            @Override
            public long bufferBytes(String tenant) {
                return 10_000;
            }
        });
        connected(tight);
        successorIsKnown(tight);
        assertThat(port.isAsked()).isFalse();
        assertThat(tight.side(Side.A).drops()).containsEntry(DropReason.BUFFER_QUOTA, 1L);
    }

    @Test
    void disconnectingGivesEverythingBack() {
        connected(bench);
        successorIsKnown(bench);
        bench.engine.disconnect(Bench.WIRE, Side.A, Bench.generation(1));
        assertThat(port.isAsked()).isFalse();
    }
}
