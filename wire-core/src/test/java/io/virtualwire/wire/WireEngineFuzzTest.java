package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an authenticated peer sends: nothing is thrown, nothing grows without bound, nothing is invented. */
class WireEngineFuzzTest {
    private static final int[] KINDS = {
        MessageKind.FRAME,
        MessageKind.FRAME,
        MessageKind.FRAME,
        MessageKind.HELLO,
        MessageKind.HELLO_ACK,
        MessageKind.END,
        MessageKind.END_ACK,
        MessageKind.RELAYED_FRAME,
        MessageKind.RELAYED_END,
        MessageKind.RELAYED_END_ACK,
        0x55
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void staysWithinItsBoundsUnderNoise(long seed) {
        Random random = new Random(seed);
        Bench bench = new Bench();
        Bench.BenchPort port = new Bench.BenchPort();
        bench.startSession(Bench.FAR, false);
        bench.startSession(Bench.NEXT, false);
        bench.engine.addPort("web", port, new Activation(random.nextBoolean(), true, 0));
        connect(bench, random);

        for (int i = 0; i < 6_000; i++) {
            var from = random.nextBoolean() ? Bench.FAR : Bench.NEXT;
            byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(66_000) : random.nextInt(1_500)];
            MessageHeader header = new MessageHeader()
                    .kind(KINDS[random.nextInt(KINDS.length)])
                    .sideBit(random.nextInt(8) == 0 ? 0 : 1)
                    .superseded(random.nextInt(500) == 0)
                    .wireIndex(1 + random.nextInt(4))
                    .senderGeneration(random.nextInt(20) == 0 ? random.nextInt() : 1 + random.nextInt(3))
                    .receiverGeneration(random.nextInt(20) == 0 ? random.nextInt() : 2)
                    .frameNumber(random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(200))
                    .byteOffset(random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(3) * 700)
                    .totalLength(
                            switch (random.nextInt(3)) {
                                case 0 -> random.nextInt();
                                case 1 -> payload.length;
                                default -> random.nextInt(70_000);
                            });
            bench.engine.message(bench.path(from), header, random.nextInt(10) == 0, payload, 0, payload.length);
            if (random.nextInt(50) == 0) {
                bench.advance(Duration.ofMillis(random.nextInt(60)));
            }
            if (random.nextInt(300) == 0) {
                control(bench, random);
            }
            if (random.nextInt(20) == 0) {
                port.emit(new byte[random.nextInt(3_000)]);
            }
            port.delivered.clear();
            for (SideStatus side : bench.engine.sides()) {
                assertThat(side.holds().bytesHeld()).isLessThanOrEqualTo(2L * (4 << 20));
            }
        }
        bench.path(Bench.FAR).sent.clear();
        bench.advance(Duration.ofSeconds(90));
        // Whatever happened, it calms down: HELLO once a second on each leg at most.
        assertThat(bench.path(Bench.FAR).sent.size()).isLessThan(1_000);
    }

    private static void connect(Bench bench, Random random) {
        var request = Bench.request(Side.A, 2, random.nextBoolean() ? Role.ACTIVE : Role.STANDBY, Bench.FAR, 1);
        bench.engine.connect(new io.virtualwire.control.ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                request.options(),
                Optional.of(new RelayDescription(Bench.NEXT, Bench.generation(3), List.of())),
                Optional.of(new RelayDescription(Bench.NEXT, Bench.generation(1), List.of()))));
        bench.farOffers(Bench.FAR, Side.B, 1, 2, 70, Role.ACTIVE, false);
        offerRelay(bench, 1, 81);
        offerRelay(bench, 3, 83);
    }

    private static void offerRelay(Bench bench, long generation, long index) {
        bench.engine.told(
                bench.path(Bench.NEXT),
                new PeerMessage.Offer(
                        Bench.WIRE,
                        Side.A,
                        Bench.generation(generation),
                        Bench.generation(2),
                        index,
                        Role.STANDBY,
                        false,
                        true));
    }

    private static void control(Bench bench, Random random) {
        switch (random.nextInt(7)) {
            case 0 -> bench.startSession(Bench.FAR, random.nextBoolean());
            case 1 ->
                bench.farOffers(Bench.FAR, Side.B, 1, 2, 70 + random.nextInt(3), Role.ACTIVE, random.nextBoolean());
            case 2 -> bench.engine.told(bench.path(Bench.FAR), new PeerMessage.Withdraw(70 + random.nextInt(14)));
            case 3 -> offerRelay(bench, 1 + random.nextInt(3), 81 + random.nextInt(3));
            case 4 -> {
                if (bench.side(Side.A).state() == SideState.STANDBY) {
                    bench.engine.activate(Bench.WIRE, Side.A);
                }
            }
            case 5 -> bench.engine.sessionDown(bench.path(Bench.NEXT));
            default -> {
                SideStatus side = bench.side(Side.A);
                if (side.peers().getLast().generation().number() < 3) {
                    bench.engine.connect(new io.virtualwire.control.ConnectRequest(
                            Bench.WIRE,
                            Side.A,
                            side.generation(),
                            "web",
                            new io.virtualwire.control.PeerDescription(
                                    Bench.FAR,
                                    side.peers().getLast().generation().next(""),
                                    List.of(),
                                    random.nextBoolean()),
                            side.options(),
                            Optional.empty(),
                            Optional.empty()));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void deliversOnlyWhatWasSent(long seed) {
        Random random = new Random(seed);
        Bench sender = new Bench();
        Bench receiver = new Bench();
        Bench.BenchPort in = new Bench.BenchPort();
        Bench.BenchPort out = new Bench.BenchPort();
        sender.startSession(Bench.FAR, false);
        receiver.startSession(Bench.FAR, false);
        sender.engine.addPort("web", in);
        receiver.engine.addPort("web", out);
        sender.engine.connect(Bench.request(Side.B, 1, Role.ACTIVE, Bench.FAR, 1));
        receiver.engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
        sender.farOffers(Bench.FAR, Side.A, 1, 1, receiver.offeredTo(Bench.FAR), Role.ACTIVE, false);
        receiver.farOffers(Bench.FAR, Side.B, 1, 1, sender.offeredTo(Bench.FAR), Role.ACTIVE, false);

        int genuine = 0;
        for (int i = 0; i < 400; i++) {
            byte[] frame = new byte[40 + random.nextInt(4_000)];
            Arrays.fill(frame, (byte) i);
            boolean spoiled = random.nextBoolean();
            genuine += spoiled ? 0 : 1;
            sender.path(Bench.FAR).sent.clear();
            in.emit(frame);
            for (Bench.Sent segment : sender.path(Bench.FAR).sent(MessageKind.FRAME)) {
                MessageHeader header = segment.header();
                if (spoiled) {
                    switch (random.nextInt(5)) {
                        case 0 -> header.wireIndex(header.wireIndex() + 1 + random.nextInt(1_000));
                        case 1 -> header.senderGeneration(2 + random.nextInt(1_000));
                        case 2 -> header.receiverGeneration(2 + random.nextInt(1_000));
                        case 3 -> header.sideBit(0);
                        default -> header.kind(0x09 + random.nextInt(0x10));
                    }
                }
                receiver.farSends(Bench.FAR, header, segment.payload());
            }
        }

        assertThat(out.delivered).hasSize(genuine);
        assertThat(out.delivered).allSatisfy(frame -> {
            for (byte b : frame) {
                assertThat(b).isEqualTo(frame[0]);
            }
        });
    }
}
