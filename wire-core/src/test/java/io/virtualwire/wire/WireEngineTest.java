package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WireEngineTest {
    private static final byte[] NOTHING = {};

    private final Bench bench = new Bench();
    private final WireEngine engine = bench.engine;
    private final Bench.BenchPort port = new Bench.BenchPort();

    /** Side A, generation 1, agreed with the far side's generation 1. */
    private void agreed() {
        bench.startSession(Bench.FAR, false);
        engine.addPort("web", port);
        engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
        bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
    }

    private static byte[] frame(int length, int fill) {
        byte[] frame = new byte[length];
        Arrays.fill(frame, (byte) fill);
        return frame;
    }

    @Nested
    class Connect {
        @Test
        void isIdempotent() {
            SideStatus first = engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
            assertThat(engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1)))
                    .isEqualTo(first);
            assertThat(engine.sides()).hasSize(1);
            assertThat(bench.path(Bench.FAR).held).isEqualTo(1);
        }

        @Test
        void refusesALowerGeneration() {
            engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 1));
            refused(
                    ErrorCode.STALE_GENERATION,
                    () -> engine.connect(Bench.request(Side.A, 2, Role.ACTIVE, Bench.FAR, 1)));
        }

        @Test
        void refusesAnEqualGenerationWithOtherContent() {
            engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 1));
            refused(
                    ErrorCode.GENERATION_CONFLICT,
                    () -> engine.connect(Bench.request(Side.A, 3, "db", Role.ACTIVE, Bench.FAR, 1, false, false)));
            refused(
                    ErrorCode.GENERATION_CONFLICT,
                    () -> engine.connect(Bench.request(Side.A, 3, "web", Role.ACTIVE, Bench.FAR, 1, false, true)));
            refused(
                    ErrorCode.GENERATION_CONFLICT,
                    () -> engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.NEXT, 1)));
        }

        @Test
        void refusesALowerPeerGenerationAndChangesNothing() {
            SideStatus before = engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 2));
            refused(
                    ErrorCode.STALE_GENERATION,
                    () -> engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 1)));
            assertThat(bench.side(Side.A)).isEqualTo(before);
        }

        @Test
        void refusesAnEndpointThatBelongsToAnotherSide() {
            engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
            refused(ErrorCode.IN_USE, () -> engine.connect(Bench.request(Side.B, 1, Role.ACTIVE, Bench.FAR, 1)));
            engine.disconnect(Bench.WIRE, Side.A, Bench.generation(1));
            engine.connect(Bench.request(Side.B, 1, Role.ACTIVE, Bench.FAR, 1));
        }

        /** Its far end, where it has gone on, does not agree with it: that remembers the peer's generation for as long as it has a side. */
        @Test
        void forgetsTheOldestOfVeryManyThatWereDisconnected() {
            engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 2));
            engine.disconnect(Bench.WIRE, Side.A, Bench.generation(3));
            int bound = Bounds.PROTOCOL.rememberedFences();
            for (int i = 1; i < bound; i++) {
                engine.disconnect(WireId.named("gone" + i), Side.A, Bench.generation(1));
            }
            refused(
                    ErrorCode.STALE_GENERATION,
                    () -> engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 2)));
            engine.disconnect(WireId.named("one more"), Side.A, Bench.generation(1));
            engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 2));
            refused(
                    ErrorCode.STALE_GENERATION,
                    () -> engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 1)));
        }

        @Test
        void rememberAGenerationThatWasDisconnected() {
            engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 1));
            refused(ErrorCode.STALE_GENERATION, () -> engine.disconnect(Bench.WIRE, Side.A, Bench.generation(2)));
            engine.disconnect(Bench.WIRE, Side.A, Bench.generation(4));
            engine.disconnect(Bench.WIRE, Side.A, Bench.generation(4));
            refused(
                    ErrorCode.STALE_GENERATION,
                    () -> engine.connect(Bench.request(Side.A, 3, Role.ACTIVE, Bench.FAR, 1)));
            refused(
                    ErrorCode.STALE_GENERATION,
                    () -> engine.connect(Bench.request(Side.A, 4, Role.ACTIVE, Bench.FAR, 1)));
            engine.connect(Bench.request(Side.A, 5, Role.ACTIVE, Bench.FAR, 1));
        }

        @Test
        void releasesEverythingWhenItIsDisconnected() {
            agreed();
            engine.disconnect(Bench.WIRE, Side.A, Bench.generation(1));
            assertThat(bench.path(Bench.FAR).held).isZero();
            assertThat(bench.path(Bench.FAR).told).last().isInstanceOf(PeerMessage.Withdraw.class);
            assertThat(engine.sides()).isEmpty();
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));
            assertThat(engine.drops()).containsEntry(DropReason.UNKNOWN_WIRE, 1L);
            assertThat(port.delivered).isEmpty();
        }

        @Test
        void commandsNeedASide() {
            refused(ErrorCode.NOT_FOUND, () -> engine.activate(WireId.named("other"), Side.A));
            refused(ErrorCode.NOT_FOUND, () -> engine.yieldSide(Bench.WIRE, Side.A));
            refused(ErrorCode.NOT_FOUND, () -> engine.resume(Bench.WIRE, Side.A));
        }
    }

    @Nested
    class Agreement {
        @Test
        void comesFromOffersInEitherOrder() {
            bench.startSession(Bench.FAR, false);
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            assertThat(engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1))
                            .agreed())
                    .isTrue();
        }

        @Test
        void needsTheNamedIdentityAndGenerations() {
            bench.startSession(Bench.FAR, false);
            bench.startSession(Bench.NEXT, false);
            engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
            bench.farOffers(Bench.NEXT, Side.B, 1, 1, 70, Role.ACTIVE, false);
            bench.farOffers(Bench.FAR, Side.A, 1, 1, 70, Role.ACTIVE, false);
            bench.farOffers(Bench.FAR, Side.B, 2, 1, 70, Role.ACTIVE, false);
            bench.farOffers(Bench.FAR, Side.B, 1, 2, 70, Role.ACTIVE, false);
            assertThat(bench.side(Side.A).agreed()).isFalse();
            engine.addPort("web", port);
            port.emit(frame(100, 1));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME)).isEmpty();
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.NOT_AGREED, 1L);
        }

        @Test
        void isOverWhenThePeerWithdrawsOrRestarts() {
            agreed();
            engine.told(bench.path(Bench.FAR), new PeerMessage.Withdraw(70));
            assertThat(bench.side(Side.A).agreed()).isFalse();
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 71, Role.ACTIVE, false);
            assertThat(bench.side(Side.A).agreed()).isTrue();
            bench.startSession(Bench.FAR, true);
            assertThat(bench.side(Side.A).agreed()).isFalse();
            assertThat(bench.events.stream().filter(SideEvent.Disagreed.class::isInstance))
                    .hasSize(2);
        }

        @Test
        void survivesANewSessionOfTheSameProcess() {
            agreed();
            bench.startSession(Bench.FAR, false);
            assertThat(bench.side(Side.A).agreed()).isTrue();
        }

        @Test
        void letsPayloadsTravelInTheClearOnlyIfBothSaySo() {
            bench.startSession(Bench.FAR, false);
            engine.addPort("web", port);
            engine.connect(Bench.request(Side.A, 1, "web", Role.ACTIVE, Bench.FAR, 1, false, true));
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            port.emit(frame(100, 1));
            engine.message(
                    bench.path(Bench.FAR),
                    bench.header(Bench.FAR, MessageKind.FRAME, 1, 0, 100),
                    true,
                    frame(100, 1),
                    0,
                    100);
            assertThat(port.delivered).isEmpty();
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.PLAIN_REFUSED, 1L);

            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, true);
            port.emit(frame(100, 1));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME))
                    .extracting(Bench.Sent::plain)
                    .containsExactly(false, true);
            engine.message(
                    bench.path(Bench.FAR), bench.header(Bench.FAR, MessageKind.END, 1, 0, 0), true, NOTHING, 0, 0);
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.PLAIN_REFUSED, 2L);
        }
    }

    @Nested
    class Traffic {
        @Test
        void cutsAndNumbersFrames() {
            agreed();
            port.emit(frame(2_500, 1));
            port.emit(frame(60, 2));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME))
                    .extracting(
                            s -> s.header().frameNumber(),
                            s -> s.header().byteOffset(),
                            s -> s.header().totalLength(),
                            s -> s.payload().length,
                            s -> s.header().wireIndex())
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(1L, 0, 2_500, 834, 70),
                            org.assertj.core.groups.Tuple.tuple(1L, 834, 2_500, 834, 70),
                            org.assertj.core.groups.Tuple.tuple(1L, 1_668, 2_500, 832, 70),
                            org.assertj.core.groups.Tuple.tuple(2L, 0, 60, 60, 70));
            assertThat(bench.side(Side.A).counters().framesOut()).isEqualTo(2);
        }

        @Test
        void countsWhatItCannotDeliverOrSend() {
            agreed();
            engine.removePort("web");
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.PORT_CLOSED, 1L);
            assertThat(bench.side(Side.A).portPresent()).isFalse();
            engine.addPort("web", port);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 2, 0, 100, frame(100, 2));
            assertThat(port.delivered).hasSize(1);
            bench.path(Bench.FAR).up = false;
            port.emit(frame(100, 1));
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.NO_SESSION, 1L);
        }

        @Test
        void dropsWhatIsMisaddressed() {
            agreed();
            byte[] payload = frame(100, 1);
            MessageHeader good = bench.header(Bench.FAR, MessageKind.FRAME, 1, 0, 100);
            bench.farSends(Bench.FAR, good.senderGeneration(2), payload);
            bench.farSends(Bench.FAR, good.senderGeneration(1).receiverGeneration(2), payload);
            bench.farSends(Bench.FAR, good.receiverGeneration(1).sideBit(0), payload);
            bench.farSends(Bench.FAR, good.sideBit(1).kind(0x7f), payload);
            bench.farSends(Bench.NEXT, good.kind(MessageKind.FRAME), payload);
            assertThat(port.delivered).isEmpty();
            assertThat(bench.side(Side.A).drops())
                    .containsEntry(DropReason.STALE_GENERATION, 2L)
                    .containsEntry(DropReason.WRONG_SIDE, 1L)
                    .containsEntry(DropReason.UNKNOWN_KIND, 1L);
            assertThat(engine.drops()).containsEntry(DropReason.UNKNOWN_WIRE, 1L);
            bench.farSends(Bench.FAR, good, payload);
            assertThat(port.delivered).hasSize(1);
        }
    }

    @Nested
    class Moves {
        @Test
        void aStandbySendsNothingAndKeepsWhatComes() {
            bench.startSession(Bench.FAR, false);
            engine.addPort("web", port);
            engine.connect(Bench.request(Side.A, 1, Role.STANDBY, Bench.FAR, 1));
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            port.emit(frame(100, 1));
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 2));
            bench.advance(Duration.ofMillis(500));
            assertThat(bench.path(Bench.FAR).sent).isEmpty();
            assertThat(port.delivered).isEmpty();
            assertThat(bench.side(Side.A).parkedFrames()).isEqualTo(1);

            engine.activate(Bench.WIRE, Side.A);
            assertThat(port.delivered).hasSize(1);
            assertThat(bench.path(Bench.FAR).sent(MessageKind.HELLO)).hasSize(1);
            bench.advance(Duration.ofMillis(70));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.HELLO)).hasSize(4);
            bench.farSends(Bench.FAR, MessageKind.HELLO_ACK, 0, 0, 0, NOTHING);
            bench.advance(Duration.ofSeconds(5));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.HELLO)).hasSize(4);
        }

        @Test
        void isActivatedByTheGuestsAnnouncement() {
            bench.startSession(Bench.FAR, false);
            engine.addPort("web", port, new Activation(false, true, 0x5254_0012_3456L));
            engine.connect(Bench.request(Side.A, 1, Role.STANDBY, Bench.FAR, 1));
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            port.emit(frame(100, 1));
            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.STANDBY);
            port.emit(HexFormat.of()
                    .parseHex("00".repeat(12) + "ffffffffffff52540012345680350001080006040003"
                            + "525400123456000000005254001234560a010001"));
            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.ACTIVE);
            assertThat(bench.events)
                    .contains(new SideEvent.Activated(
                            Bench.WIRE, Side.A, Bench.generation(1), ActivationCause.ANNOUNCEMENT));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME)).hasSize(1);
        }

        /** Who is told of it may take its time. */
        @Test
        void whatSteersAWireHasLeftBeforeAnybodyIsTold() {
            List<String> order = new ArrayList<>();
            Bench watched = new Bench() {
                @Override
                public void happened(SideEvent event, long nanoTime) {
                    order.add(event.getClass().getSimpleName() + " after "
                            + path(FAR).sent.subList(0, path(FAR).flushed).stream()
                                    .map(each -> each.header().kind())
                                    .toList()
                            + " at " + nanoTime);
                }
            };
            watched.startSession(Bench.FAR, false);
            watched.engine.addPort("web", port);
            watched.engine.connect(Bench.request(Side.A, 1, Role.STANDBY, Bench.FAR, 1));
            watched.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            order.clear();
            watched.engine.activate(Bench.WIRE, Side.A);
            String rest = " after [" + MessageKind.HELLO + "] at " + watched.ticker.nanoTime();
            assertThat(order).containsExactly("Activated" + rest, "Said" + rest);
        }

        @Test
        void tellsHowItBecameActiveAndHowSoonThatWasHeard() {
            bench.startSession(Bench.FAR, false);
            engine.addPort("web", port);
            engine.connect(Bench.request(Side.A, 1, Role.STANDBY, Bench.FAR, 1));
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            assertThat(bench.side(Side.A).activation()).isEmpty();
            engine.activate(Bench.WIRE, Side.A);
            assertThat(bench.side(Side.A).activation()).contains(new SideActivation(ActivationCause.COMMAND, -1, -1));
            bench.advance(Duration.ofMillis(3));
            bench.farSends(Bench.FAR, MessageKind.HELLO_ACK, 0, 0, 0, NOTHING);
            bench.advance(Duration.ofMillis(4));
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 2));
            bench.farSends(Bench.FAR, MessageKind.FRAME, 2, 0, 100, frame(100, 2));
            assertThat(bench.side(Side.A).activation())
                    .contains(new SideActivation(ActivationCause.COMMAND, 3_000_000, 7_000_000));
        }

        /** By a guest that is not the endpoint's, by one that belongs elsewhere, and where nobody prepared anything. */
        @Test
        void isNotActivatedByAForgedAnnouncement() {
            bench.startSession(Bench.FAR, false);
            engine.addPort("web", port, new Activation(false, true, 0x5254_0012_3456L));
            Bench.BenchPort other = new Bench.BenchPort();
            engine.addPort("db", other, new Activation(false, true, 0x5254_0012_3457L));
            byte[] rarpOfWeb = HexFormat.of()
                    .parseHex("00".repeat(12) + "ffffffffffff52540012345680350001080006040003" + "52540012345600000000"
                            + "52540012345600000000");
            port.emit(rarpOfWeb);
            engine.connect(Bench.request(Side.A, 1, Role.STANDBY, Bench.FAR, 1));
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.STANDBY);

            other.emit(rarpOfWeb);
            byte[] ofAnother = rarpOfWeb.clone();
            ofAnother[12 + 14 + 13]++;
            port.emit(ofAnother);
            byte[] gratuitous = HexFormat.of()
                    .parseHex("00".repeat(12) + "ffffffffffff52540012345608060001080006040001" + "5254001234570a010001"
                            + "0000000000000a010001");
            port.emit(gratuitous);
            byte[] question = gratuitous.clone();
            question[question.length - 1]++;
            port.emit(question);

            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.STANDBY);
            assertThat(bench.side(Side.A).drops())
                    .containsEntry(DropReason.FOREIGN_ANNOUNCEMENT, 2L)
                    .containsEntry(DropReason.STANDBY, 3L);
            assertThat(bench.path(Bench.FAR).sent).isEmpty();
            port.emit(rarpOfWeb);
            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.ACTIVE);
        }

        @Test
        void isActivatedByItsPeersFrame() {
            bench.startSession(Bench.FAR, false);
            engine.addPort("web", port, new Activation(true, false, 0));
            engine.connect(Bench.request(Side.A, 1, Role.STANDBY, Bench.FAR, 1));
            bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 2));
            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.ACTIVE);
            assertThat(port.delivered).hasSize(1);
        }

        @Test
        void flipsAtTheSuccessorsHelloAndHoldsItsFramesUntilTheOldWayIsComplete() {
            agreed();
            bench.startSession(Bench.NEXT, false);
            port.emit(frame(100, 1));
            engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.NEXT, 2));
            bench.farOffers(Bench.NEXT, Side.B, 2, 1, 80, Role.STANDBY, false);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));

            fromNext(MessageKind.HELLO, 0, NOTHING);
            fromNext(MessageKind.FRAME, 1, frame(100, 3));
            port.emit(frame(100, 2));
            assertThat(port.delivered).hasSize(1);
            assertThat(bench.path(Bench.NEXT).sent(MessageKind.FRAME)).hasSize(1);
            assertThat(bench.path(Bench.FAR).sent(MessageKind.END)).hasSize(1);
            Bench.Sent end = bench.path(Bench.FAR).sent(MessageKind.END).getFirst();
            assertThat(end.header().frameNumber()).isEqualTo(1);
            assertThat(end.header().superseded()).isTrue();

            bench.farSends(Bench.FAR, MessageKind.END, 2, 0, 0, NOTHING);
            assertThat(port.delivered).hasSize(1);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 2, 0, 100, frame(100, 2));
            assertThat(port.delivered).extracting(f -> f[0]).containsExactly((byte) 1, (byte) 2, (byte) 3);
            assertThat(bench.side(Side.A).peers().getFirst().state()).isEqualTo(PeerState.CLOSED);
            assertThat(bench.side(Side.A).holds().expired()).isZero();
        }

        @Test
        void opensAHoldThatLastsTooLong() {
            agreed();
            bench.startSession(Bench.NEXT, false);
            engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.NEXT, 2));
            bench.farOffers(Bench.NEXT, Side.B, 2, 1, 80, Role.STANDBY, false);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));
            fromNext(MessageKind.FRAME, 1, frame(100, 3));
            bench.advance(Duration.ofMillis(95));
            assertThat(port.delivered).hasSize(1);
            bench.advance(Duration.ofMillis(15));
            assertThat(port.delivered).hasSize(2);
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.HOLD_EXPIRED, 1L);
        }

        @Test
        void opensAHoldThatGrowsTooLarge() {
            agreed();
            bench.startSession(Bench.NEXT, false);
            engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.NEXT, 2));
            bench.farOffers(Bench.NEXT, Side.B, 2, 1, 80, Role.STANDBY, false);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));
            byte[] large = frame(60_000, 3);
            int sent = 0;
            while (bench.side(Side.A).drops().isEmpty()) {
                fromNext(MessageKind.FRAME, ++sent, large);
                assertThat(bench.side(Side.A).holds().bytesHeld()).isLessThanOrEqualTo(4 << 20);
            }
            assertThat(port.delivered).hasSize(1 + sent);
            assertThat(bench.side(Side.A).drops()).containsEntry(DropReason.HOLD_EXPIRED, 1L);
        }

        @Test
        void isMuteOnceSuperseded() {
            agreed();
            bench.farSends(
                    Bench.FAR, bench.header(Bench.FAR, MessageKind.END, 0, 0, 0).superseded(true), NOTHING);
            assertThat(bench.side(Side.A).state()).isEqualTo(SideState.YIELDED);
            assertThat(bench.path(Bench.FAR).sent(MessageKind.END_ACK)).hasSize(1);
            port.emit(frame(100, 1));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME)).isEmpty();
            refused(ErrorCode.WRONG_STATE, () -> engine.activate(Bench.WIRE, Side.A));
            refused(ErrorCode.WRONG_STATE, () -> engine.resume(Bench.WIRE, Side.A));
        }

        @Test
        void resumesWithANumberThatVoidsItsEnd() {
            agreed();
            port.emit(frame(100, 1));
            engine.yieldSide(Bench.WIRE, Side.A);
            assertThat(bench.path(Bench.FAR)
                            .sent(MessageKind.END)
                            .getFirst()
                            .header()
                            .frameNumber())
                    .isEqualTo(1);
            engine.resume(Bench.WIRE, Side.A);
            refused(ErrorCode.WRONG_STATE, () -> engine.yieldSide(Bench.WIRE, Side.A));
            Bench.Sent hello = bench.path(Bench.FAR).sent(MessageKind.HELLO).getLast();
            assertThat(hello.header().frameNumber()).isEqualTo(2);
            bench.farSends(Bench.FAR, MessageKind.HELLO_ACK, 0, 0, 0, NOTHING);
            refused(ErrorCode.WRONG_STATE, () -> engine.yieldSide(Bench.WIRE, Side.A));
            bench.farSends(Bench.FAR, MessageKind.HELLO_ACK, 2, 0, 0, NOTHING);
            engine.yieldSide(Bench.WIRE, Side.A);
        }

        @Test
        void anEndIsVoidOnceAHigherNumberArrived() {
            agreed();
            bench.startSession(Bench.NEXT, false);
            engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.NEXT, 2));
            bench.farOffers(Bench.NEXT, Side.B, 2, 1, 80, Role.STANDBY, false);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));
            bench.farSends(Bench.FAR, MessageKind.END, 1, 0, 0, NOTHING);
            bench.farSends(Bench.FAR, MessageKind.HELLO, 2, 0, 0, NOTHING);
            bench.farSends(Bench.FAR, MessageKind.END, 1, 0, 0, NOTHING);
            fromNext(MessageKind.FRAME, 1, frame(100, 9));
            assertThat(port.delivered).hasSize(1);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 3, 0, 100, frame(100, 2));
            bench.farSends(Bench.FAR, MessageKind.END, 3, 0, 0, NOTHING);
            assertThat(port.delivered).extracting(f -> f[0]).containsExactly((byte) 1, (byte) 2, (byte) 9);
        }

        @Test
        void aFenceShutsLowerGenerationsOutAtOnce() {
            agreed();
            bench.startSession(Bench.NEXT, false);
            bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 100, frame(100, 1));
            engine.connect(Bench.request(Side.A, 1, "web", Role.ACTIVE, Bench.NEXT, 2, true, false));
            bench.farSends(Bench.FAR, MessageKind.FRAME, 2, 0, 100, frame(100, 2));
            assertThat(port.delivered).hasSize(1);
            assertThat(bench.path(Bench.FAR).sent(MessageKind.END))
                    .isNotEmpty()
                    .allMatch(s -> s.header().superseded());
            bench.farOffers(Bench.NEXT, Side.B, 2, 1, 80, Role.STANDBY, false);
            fromNext(MessageKind.FRAME, 1, frame(100, 3));
            assertThat(port.delivered).hasSize(2);
        }

        @Test
        void replacesARecordInPlaceWithoutAGap() {
            agreed();
            port.emit(frame(100, 1));
            engine.connect(Bench.request(Side.A, 2, Role.ACTIVE, Bench.FAR, 1));
            int newIndex = bench.offeredTo(Bench.FAR);
            // Nobody has agreed to the new generation, so the old one goes on.
            port.emit(frame(100, 2));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME)).hasSize(2);
            bench.farOffers(Bench.FAR, Side.B, 1, 2, 71, Role.ACTIVE, false);
            port.emit(frame(100, 3));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.FRAME))
                    .extracting(
                            s -> s.header().senderGeneration(), s -> s.header().frameNumber())
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(1, 1L),
                            org.assertj.core.groups.Tuple.tuple(1, 2L),
                            org.assertj.core.groups.Tuple.tuple(2, 1L));
            assertThat(bench.path(Bench.FAR).sent(MessageKind.END)).isNotEmpty();
            // What was still under way to the old record reaches the same port.
            MessageHeader old =
                    bench.header(Bench.FAR, MessageKind.FRAME, 1, 0, 100).wireIndex(1);
            bench.farSends(Bench.FAR, old, frame(100, 7));
            assertThat(port.delivered).hasSize(1);
            bench.farSends(Bench.FAR, old.kind(MessageKind.END).superseded(true), NOTHING);
            bench.farSends(
                    Bench.FAR,
                    old.kind(MessageKind.FRAME)
                            .sideBit(1)
                            .wireIndex(newIndex)
                            .receiverGeneration(2)
                            .frameNumber(2),
                    frame(100, 8));
            assertThat(port.delivered).hasSize(2);
            bench.advance(Duration.ofSeconds(2));
            assertThat(engine.sides()).singleElement().satisfies(side -> {
                assertThat(side.generation()).isEqualTo(Bench.generation(2));
                assertThat(side.state()).isEqualTo(SideState.ACTIVE);
            });
            assertThat(bench.path(Bench.FAR).held).isEqualTo(1);
        }

        private void fromNext(int kind, long number, byte[] payload) {
            bench.farSends(
                    Bench.NEXT,
                    bench.header(Bench.NEXT, kind, number, 0, payload.length).senderGeneration(2),
                    payload);
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable command) {
        assertThatThrownBy(command)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
