package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

/** The published test vectors: this implementation makes them, and a second way of computing each agrees. */
class VectorsTest {
    private static final HexFormat HEX = HexFormat.of();

    private final Vectors vectors = new Vectors();

    @Test
    void areWhatThisImplementationMakes() throws IOException {
        // Through text, because a number in memory may be an int on one side and a long on the other.
        assertThat(vectors.read())
                .isEqualTo(new JsonMapper().readTree(vectors.make().toString()));
    }

    @Test
    void keysAreCutAsTheTextSays() throws IOException {
        JsonNode keys = vectors.read().get("keys");
        String exported = keys.get("exported").asText();
        assertThat(exported).hasSize(2 * 96);
        assertThat(keys.get("dataKeyClientToServer").asText()).isEqualTo(exported.substring(0, 64));
        assertThat(keys.get("dataKeyServerToClient").asText()).isEqualTo(exported.substring(64, 128));
        assertThat(keys.get("headerKeyClientToServer").asText()).isEqualTo(exported.substring(128, 160));
        assertThat(keys.get("headerKeyServerToClient").asText()).isEqualTo(exported.substring(160, 192));
        assertThat(keys.get("exporterContext").asText())
                .isEqualTo("%08x%08x".formatted((int) keys.get("clientIndex").asLong(), (int)
                        keys.get("serverIndex").asLong()));
    }

    @Test
    void datagramsFollowFromTheirDescription() throws IOException, InvalidCipherTextException {
        for (JsonNode vector : vectors.read().get("datagrams")) {
            byte[] expected = vector.get("type").asText().equals("sealed") ? sealed(vector) : plain(vector);
            assertThat(vector.get("datagram").asText())
                    .as(vector.get("about").asText())
                    .isEqualTo(HEX.formatHex(expected));
            assertThat(vector.get("messageHeader").asText())
                    .startsWith("%02x".formatted(vector.get("kind").asInt()));
        }
    }

    @Test
    void controlMessagesAreALengthAndJson() throws IOException {
        for (JsonNode vector : vectors.read().get("control")) {
            byte[] bytes = bytes(vector, "bytes");
            assertThat(ByteBuffer.wrap(bytes).getInt()).isEqualTo(bytes.length - 4);
            JsonNode parsed = new JsonMapper().readTree(bytes, 4, bytes.length - 4);
            assertThat(parsed).isEqualTo(vector.get("message"));
            StreamMessage read = new StreamCodec().read(new DataInputStream(new ByteArrayInputStream(bytes)));
            assertThat(new StreamCodec().encode(read)).isEqualTo(bytes);
        }
    }

    /** By Bouncy Castle's own implementations, put together here from the text alone. */
    private static byte[] sealed(JsonNode vector) throws InvalidCipherTextException {
        byte[] plaintext = concat(bytes(vector, "messageHeader"), bytes(vector, "payload"));
        byte[] header = header(vector, 0x11);
        byte[] nonce = ByteBuffer.allocate(12)
                .putInt(vector.get("lane").asInt())
                .putLong(vector.get("counter").asLong())
                .array();
        AEADCipher cipher = vector.get("cipher").asText().equals("aes-256-gcm")
                ? GCMBlockCipher.newInstance(AESEngine.newInstance())
                : new ChaCha20Poly1305();
        cipher.init(true, new AEADParameters(new KeyParameter(bytes(vector, "key")), 128, nonce, header));
        byte[] sealed = new byte[plaintext.length + 16];
        int done = cipher.processBytes(plaintext, 0, plaintext.length, sealed, 0);
        cipher.doFinal(sealed, done);
        return concat(header, sealed);
    }

    private static byte[] plain(JsonNode vector) {
        byte[] covered = concat(header(vector, 0x12), bytes(vector, "messageHeader"));
        byte[] tag = new SipHashByTheBook(bytes(vector, "key")).of(covered);
        return concat(covered, concat(tag, bytes(vector, "payload")));
    }

    private static byte[] header(JsonNode vector, int versionAndType) {
        return ByteBuffer.allocate(16)
                .put((byte) versionAndType)
                .put((byte) vector.get("lane").asInt())
                .putShort((short) 0)
                .putInt((int) vector.get("sessionIndex").asLong())
                .putLong(vector.get("counter").asLong())
                .array();
    }

    private static byte[] bytes(JsonNode node, String field) {
        return HEX.parseHex(node.get(field).asText());
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    /** SipHash-2-4 with 128-bit output, from its paper; slow and only here. */
    private static final class SipHashByTheBook {
        private long v0 = 0x736f6d6570736575L;
        private long v1 = 0x646f72616e646f6dL ^ 0xee;
        private long v2 = 0x6c7967656e657261L;
        private long v3 = 0x7465646279746573L;

        SipHashByTheBook(byte[] key) {
            long k0 = littleEndian(key, 0, 8);
            long k1 = littleEndian(key, 8, 8);
            v0 ^= k0;
            v1 ^= k1;
            v2 ^= k0;
            v3 ^= k1;
        }

        byte[] of(byte[] message) {
            int whole = message.length / 8 * 8;
            for (int at = 0; at < whole; at += 8) {
                compress(littleEndian(message, at, 8));
            }
            compress(littleEndian(message, whole, message.length - whole) | (long) message.length << 56);
            v2 ^= 0xee;
            rounds(4);
            long first = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xdd;
            rounds(4);
            long second = v0 ^ v1 ^ v2 ^ v3;
            return ByteBuffer.allocate(16)
                    .putLong(Long.reverseBytes(first))
                    .putLong(Long.reverseBytes(second))
                    .array();
        }

        private void compress(long word) {
            v3 ^= word;
            rounds(2);
            v0 ^= word;
        }

        private void rounds(int count) {
            for (int i = 0; i < count; i++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
        }

        private static long littleEndian(byte[] bytes, int offset, int count) {
            long value = 0;
            for (int i = 0; i < count; i++) {
                value |= (bytes[offset + i] & 0xffL) << 8 * i;
            }
            return value;
        }
    }
}
