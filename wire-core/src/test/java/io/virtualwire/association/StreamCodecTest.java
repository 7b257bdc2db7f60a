package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.association.StreamMessage.Ignored;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.PeerMessage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamCodecTest {
    private final StreamCodec codec = new StreamCodec();

    @Test
    void readsWhatItWrites() throws IOException {
        Hello hello = new Hello(
                1, List.of("frames"), UUID.randomUUID(), 0xffffffffL, 2, List.of(1, 65535), List.of("x"), true);
        assertThat(read(codec.encode(hello))).isEqualTo(hello);
    }

    @Test
    void readsEverythingThatNodesTellEachOther() throws IOException {
        Generation generation = Generation.parse("7:west");
        for (PeerMessage message : List.of(
                new PeerMessage.Offer(WireId.named("w"), Side.A, generation, generation, 1, Role.STANDBY, false, true),
                new PeerMessage.Offer(
                        WireId.named("w"), Side.A, generation, generation, 1, Role.ACTIVE, false, false, "", 0xff_ffff),
                new PeerMessage.Withdraw(5),
                new PeerMessage.Prepared("lan", generation),
                new PeerMessage.PreparedExcept("lan", generation, List.of(WireId.named("w")), true),
                new PeerMessage.CallOff("lan", generation),
                new PeerMessage.CalledOff("lan", generation, true),
                new PeerMessage.Handoff("lan", generation, TextNode.valueOf("state")),
                new PeerMessage.HandoffAck("lan", generation))) {
            assertThat(read(codec.encode(new StreamMessage.Told(message, 7))))
                    .isEqualTo(new StreamMessage.Told(message, 7));
        }
    }

    /** An earlier release neither says a VNI nor hears of one where there is none. */
    @Test
    void anOfferSaysAVniOnlyIfThereIsOne() throws IOException {
        Generation generation = Generation.parse("7:west");
        PeerMessage.Offer usual =
                new PeerMessage.Offer(WireId.named("w"), Side.A, generation, generation, 1, Role.ACTIVE, false, false);
        byte[] bytes = codec.encode(new StreamMessage.Told(usual, 7));
        String text = new String(bytes, 4, bytes.length - 4, StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("vni");
        assertThat(read(framed(text.replace("\"plain\"", "\"vni\":77,\"plain\""))))
                .isEqualTo(new StreamMessage.Told(
                        new PeerMessage.Offer(
                                WireId.named("w"),
                                Side.A,
                                generation,
                                generation,
                                1,
                                Role.ACTIVE,
                                false,
                                false,
                                "",
                                77),
                        7));
        for (String wrong : List.of("-1", "16777216", "4294967297", "1.5e9", "null", "\"x\"")) {
            String forged = text.replace("\"plain\"", "\"vni\":" + wrong + ",\"plain\"");
            assertThatThrownBy(() -> read(framed(forged))).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void ignoresUnknownFields() throws IOException {
        assertThat(read(framed("{\"type\":\"ready\",\"soon\":[1]}"))).isEqualTo(new StreamMessage.Ready());
    }

    @Test
    void ignoresUnknownTypesThatAreOptional() throws IOException {
        assertThat(read(framed("{\"type\":\"weather\",\"optional\":true}"))).isEqualTo(new Ignored("weather"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"weather\"}",
                "{}",
                "[]",
                "7",
                "{\"type\":\"told\"}",
                "{\"type\":\"hello\"}",
                "{\"type\":\"withdraw\"}",
                "{\"type\":\"withdraw\",\"index\":null}",
                "{\"type\":\"offer\",\"wire\":\"no uuid\"}",
                "not json at all",
                "{\"type\":\"hello\",\"version\":1,\"features\":[],\"instance\":\"6f1d3c1e-5d0a-4b52-9c53-0b2f1c3d4e5f\","
                        + "\"sessionIndex\":0,\"lanes\":1,\"udpPorts\":[1],\"ciphers\":[],\"rekey\":false}",
                "{\"type\":\"hello\",\"version\":1,\"features\":[],\"instance\":\"6f1d3c1e-5d0a-4b52-9c53-0b2f1c3d4e5f\","
                        + "\"sessionIndex\":1,\"lanes\":2,\"udpPorts\":[1],\"ciphers\":[],\"rekey\":false}"
            })
    void refusesWhatItDoesNotUnderstand(String text) {
        assertThatThrownBy(() -> read(framed(text))).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, StreamCodec.MAX_LENGTH + 1, Integer.MAX_VALUE})
    void refusesLengthsOutOfRangeWithoutReadingThatMuch(int length) {
        byte[] bytes = ByteBuffer.allocate(100).putInt(length).array();
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void readsDatagramsAsTheyWere() throws IOException {
        byte[] run = new byte[2_500];
        Arrays.fill(run, (byte) 7);
        byte[] encoded = codec.encode(run, 500, 1_700, 1_000);
        assertThat(StreamCodec.isDatagrams(encoded)).isTrue();
        assertThat(StreamCodec.isDatagrams(codec.encode(new StreamMessage.Ready())))
                .isFalse();
        assertThat(read(encoded)).isInstanceOfSatisfying(StreamMessage.Datagrams.class, it -> {
            assertThat(it.size()).isEqualTo(1_000);
            assertThat(it.bytes()).hasSize(1_700).containsOnly(7);
        });
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "2, 1000", "64003, 1000", "1002, 63", "1002, 0"})
    void refusesDatagramsOfNoSuchLengths(int length, int size) {
        byte[] bytes = ByteBuffer.allocate(70_000)
                .putInt(1 << 31 | length)
                .putShort((short) size)
                .array();
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void noticesAnEarlyEnd() {
        byte[] bytes = framed("{\"type\":\"ready\"}");
        assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length - 1))).isInstanceOf(EOFException.class);
    }

    private StreamMessage read(byte[] bytes) throws IOException {
        return codec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    private static byte[] framed(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + utf8.length)
                .putInt(utf8.length)
                .put(utf8)
                .array();
    }
}
