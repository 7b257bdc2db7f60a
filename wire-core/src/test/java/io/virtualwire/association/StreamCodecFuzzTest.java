package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.association.StreamMessage.Told;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.SpoiledText;
import io.virtualwire.wire.PeerMessage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a proved peer may still say wrongly: the stream ends with a reason, nothing else. */
class StreamCodecFuzzTest {
    private final StreamCodec codec = new StreamCodec();
    private final List<StreamMessage> messages = messages();

    private static List<StreamMessage> messages() {
        Generation generation = Generation.parse("7:west");
        WireId wire = WireId.named("w");
        var state = new JsonMapper().createObjectNode();
        state.putArray("fdb").addObject().put("mac", 1).put("port", "p1");
        return List.of(
                new Hello(1, List.of("frames"), new UUID(1, 2), 77, 2, List.of(1, 65535), List.of("aes-256-gcm"), true),
                new StreamMessage.Ready(),
                new StreamMessage.Failure(StreamMessage.Failure.PROTOCOL, "so it is"),
                new StreamMessage.Close(),
                new Told(new PeerMessage.Offer(wire, Side.A, generation, generation, 1, Role.STANDBY, false, true), 1),
                new Told(
                        new PeerMessage.Offer(
                                wire, Side.B, generation, generation, 2, Role.ACTIVE, false, false, "acme", 4711),
                        2),
                new Told(new PeerMessage.Withdraw(5), 2),
                new Told(new PeerMessage.Prepared("lan", generation), 3),
                new Told(new PeerMessage.PreparedExcept("lan", generation, List.of(wire), true), 3),
                new Told(new PeerMessage.CallOff("lan", generation), 4),
                new Told(new PeerMessage.CalledOff("lan", generation, true), 5),
                new Told(new PeerMessage.Handoff("lan", generation, state), 6),
                new Told(new PeerMessage.HandoffAck("lan", generation), 7));
    }

    @Test
    void messagesAreUnderstoodOrEndTheStream() {
        List<String> texts = messages.stream()
                .map(codec::encode)
                .map(bytes -> new String(bytes, 4, bytes.length - 4, StandardCharsets.UTF_8))
                .toList();
        Fuzz.of("control messages")
                .refusing(ProtocolException.class)
                .refusing(EOFException.class)
                .stillWorks(this::understandsEverything)
                .run(
                        60_000,
                        new SpoiledText(texts, 100_000, "hello", "ready", "offer", "number", "index", "standby"),
                        text -> read(ByteBuffer.allocate(4 + text.length)
                                .putInt(Math.max(2, text.length))
                                .put(text)
                                .array()));
    }

    @Test
    void framesWithLyingLengthsTakeNoMemory() {
        List<byte[]> streams = new ArrayList<>();
        for (StreamMessage message : messages) {
            byte[] one = codec.encode(message);
            byte[] twice = Arrays.copyOf(one, 2 * one.length);
            System.arraycopy(one, 0, twice, one.length, one.length);
            streams.add(one);
            streams.add(twice);
        }
        Fuzz.of("control stream framing")
                .refusing(ProtocolException.class)
                .refusing(EOFException.class)
                .allocatingAtMost(2 << 20)
                .stillWorks(this::understandsEverything)
                .run(60_000, new SpoiledBytes(streams, 10_000, 0, 1, 2, 3), bytes -> {
                    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
                    while (in.available() > 0) {
                        codec.read(in);
                    }
                });
    }

    private void understandsEverything() throws IOException {
        for (StreamMessage message : messages) {
            assertThat(read(codec.encode(message))).isEqualTo(message);
        }
    }

    private StreamMessage read(byte[] bytes) throws IOException {
        return codec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
