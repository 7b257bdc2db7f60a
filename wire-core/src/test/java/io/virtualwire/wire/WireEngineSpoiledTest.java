package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a proved peer may send and tell about wires: counted or ignored, and the other peers' wires go on. */
class WireEngineSpoiledTest {
    private static final int LONGEST = 66_000;
    private static final int[] FIELDS = {0, 1, 4, 7, 8, 11, 12, 15, 16, 20, 23, 24, 27, 28, 31};

    private final Bench bench = new Bench();
    private final Bench.BenchPort port = new Bench.BenchPort();

    @Test
    void segmentsAndMarkersAreUnderstoodOrCounted() {
        bench.startSession(Bench.FAR, false);
        bench.engine.addPort("web", port);
        bench.engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
        bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
        List<byte[]> genuine = new ArrayList<>();
        for (int at = 0; at < 4_000; at += 1_000) {
            genuine.add(message(MessageKind.FRAME, 9, at, 4_000, 1_000));
        }
        genuine.add(message(MessageKind.FRAME, 5, 0, 100, 100));
        genuine.add(message(MessageKind.FRAME, 6, 60_000, 65_562, 1_400));
        genuine.add(message(MessageKind.HELLO, 0, 0, 0, 0));
        genuine.add(message(MessageKind.RELAYED_FRAME, 3, 0, 80, 80));
        long[] number = {1_000_000};
        Fuzz.of("segments and markers")
                .allocatingAtMost(1 << 20)
                .stillWorks(() -> {
                    bench.advance(Duration.ofSeconds(2));
                    port.delivered.clear();
                    bench.path(Bench.FAR).sent.clear();
                    byte[] frame = new byte[60];
                    bench.farSends(Bench.FAR, MessageKind.FRAME, ++number[0], 0, frame.length, frame);
                    assertThat(port.delivered).hasSize(1);
                })
                .run(150_000, new SpoiledBytes(genuine, LONGEST, FIELDS), bytes -> {
                    if (bytes.length < MessageHeader.LENGTH) {
                        return;
                    }
                    MessageHeader header = new MessageHeader(bytes, 0);
                    int kind = header.kind();
                    if (kind == MessageKind.END) {
                        // An END that is believed ends the wire, as it should: not what is looked at here.
                        return;
                    }
                    bench.engine.message(
                            bench.path(Bench.FAR),
                            header,
                            bytes.length % 8 == 0,
                            bytes,
                            MessageHeader.LENGTH,
                            bytes.length - MessageHeader.LENGTH);
                    port.delivered.forEach(frame -> assertThat(frame.length).isBetween(26, 65_562));
                    port.delivered.clear();
                    assertThat(bench.side(Side.A).holds().bytesHeld()).isLessThanOrEqualTo(2L * (4 << 20));
                });
    }

    @Test
    void offersAreBoundedAndOthersWiresGoOn() throws JsonProcessingException {
        JsonMapper json = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
        bench.startSession(Bench.FAR, false);
        bench.startSession(Bench.NEXT, false);
        bench.engine.addPort("web", port);
        bench.engine.connect(Bench.request(Side.A, 1, Role.ACTIVE, Bench.FAR, 1));
        bench.farOffers(Bench.FAR, Side.B, 1, 1, 70, Role.ACTIVE, false);
        List<String> texts = new ArrayList<>();
        for (PeerMessage message : List.of(
                new PeerMessage.Offer(
                        Bench.WIRE, Side.B, Bench.generation(1), Bench.generation(1), 70, Role.ACTIVE, false, false),
                new PeerMessage.Offer(
                        Bench.WIRE, Side.A, Bench.generation(2), Bench.generation(1), 9, Role.STANDBY, true, true),
                new PeerMessage.Withdraw(70),
                new PeerMessage.CallOff("lan", Bench.generation(3)),
                new PeerMessage.Handoff("lan", Bench.generation(3), json.createObjectNode()))) {
            texts.add(json.writeValueAsString(message));
        }
        Fuzz.of("offers and withdrawals")
                .refusing(JsonProcessingException.class)
                .stillWorks(() -> {
                    bench.advance(Duration.ofMillis(100));
                    port.delivered.clear();
                    bench.path(Bench.FAR).told.removeIf(told -> !(told instanceof PeerMessage.Offer));
                    bench.farSends(Bench.FAR, MessageKind.FRAME, 1, 0, 60, new byte[60]);
                    assertThat(port.delivered).hasSize(1);
                })
                .run(40_000, new SpoiledText(texts, 20_000, "4294967295", "4294967296:x", "relay"), text -> {
                    bench.events.clear();
                    bench.path(Bench.NEXT).told.clear();
                    PeerMessage message;
                    try {
                        message = json.readValue(text, PeerMessage.class);
                    } catch (java.io.IOException e) {
                        return;
                    }
                    if (message != null) {
                        bench.engine.told(bench.path(Bench.NEXT), message);
                    }
                });
    }

    private byte[] message(int kind, long number, int at, int total, int length) {
        byte[] bytes = new byte[MessageHeader.LENGTH + length];
        Arrays.fill(bytes, MessageHeader.LENGTH, bytes.length, (byte) number);
        bench.header(Bench.FAR, kind, number, at, total).copyTo(bytes, 0);
        return bytes;
    }
}
