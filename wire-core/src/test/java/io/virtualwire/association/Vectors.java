package io.virtualwire.association;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import io.virtualwire.wire.PeerMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * Makes docs/wire-protocol-vectors.json out of this implementation. {@link VectorsTest} compares the file with what is made
 * now, and checks it by other means.
 *
 * <p>To write it anew after the protocol has changed, run {@link #main} in wire-core's folder with the test class path.
 */
final class Vectors {
    static final Path FILE = Path.of("../docs/wire-protocol-vectors.json");

    private static final HexFormat HEX = HexFormat.of();
    private static final int CLIENT_INDEX = 0x12345678;
    private static final int SERVER_INDEX = 0x9abcdef0;

    private final JsonMapper json = new JsonMapper();
    private final byte[] material = counting(SessionKeys.LENGTH, 0xa0);

    public static void main(String[] arguments) throws IOException {
        Vectors vectors = new Vectors();
        Files.writeString(
                FILE, vectors.json.writerWithDefaultPrettyPrinter().writeValueAsString(vectors.make()) + "\n");
    }

    JsonNode read() throws IOException {
        return json.readTree(Files.readString(FILE));
    }

    ObjectNode make() throws IOException {
        ObjectNode all = json.createObjectNode();
        all.put("about", "Test vectors for docs/wire-protocol.md, version 1. Bytes are in hexadecimal.");
        all.set("keys", keys());
        ArrayNode datagrams = all.putArray("datagrams");
        datagrams.add(sealed("client to server", CipherSuite.AES_256_GCM, true, 0, 0, frame(40), counting(28, 1)));
        datagrams.add(sealed(
                "server to client, another lane",
                CipherSuite.AES_256_GCM,
                false,
                3,
                0x0123456789L,
                end(),
                new byte[0]));
        datagrams.add(
                sealed("the other cipher", CipherSuite.CHACHA20_POLY1305, true, 0, 77, keepalive(), counting(8, 0x30)));
        datagrams.add(plain("in the clear", true, 1, 4096, frame(1500), counting(33, 0x80)));
        all.set("replay", replay());
        all.set("control", control());
        return all;
    }

    private ObjectNode keys() {
        ObjectNode node = json.createObjectNode();
        SessionKeys keys = new SessionKeys(material.clone());
        node.put("exporterLabel", SessionKeys.EXPORTER_LABEL);
        node.put("clientIndex", Integer.toUnsignedLong(CLIENT_INDEX));
        node.put("serverIndex", Integer.toUnsignedLong(SERVER_INDEX));
        node.put("exporterContext", hex(SessionKeys.exporterContext(CLIENT_INDEX, SERVER_INDEX)));
        node.put("exported", hex(material));
        node.put("dataKeyClientToServer", hex(keys.dataKey(true)));
        node.put("dataKeyServerToClient", hex(keys.dataKey(false)));
        node.put("headerKeyClientToServer", hex(keys.headerKey(true)));
        node.put("headerKeyServerToClient", hex(keys.headerKey(false)));
        return node;
    }

    private ObjectNode sealed(
            String about,
            CipherSuite suite,
            boolean toServer,
            int lane,
            long counter,
            MessageHeader message,
            byte[] payload) {
        byte[] key = new SessionKeys(material.clone()).dataKey(toServer);
        ObjectNode node = describe(about, "sealed", toServer, lane, counter, message, payload);
        node.put("cipher", suite.wireName());
        node.put("key", hex(key));
        Nonce nonce = new Nonce();
        nonce.set(lane, counter);
        byte[] bytes = new byte[SendLane.OVERHEAD + payload.length];
        new DatagramHeader()
                .wrap(bytes, 0)
                .write(DatagramHeader.TYPE_SEALED, lane, toServer ? SERVER_INDEX : CLIENT_INDEX, counter);
        message.copyTo(bytes, DatagramHeader.LENGTH);
        System.arraycopy(payload, 0, bytes, DatagramHeader.LENGTH + MessageHeader.LENGTH, payload.length);
        try (DataCipher cipher = CipherLibrary.JDK.sealing(suite, key)) {
            cipher.seal(lane, counter, bytes, 0, MessageHeader.LENGTH + payload.length);
        }
        return node.put("datagram", hex(bytes));
    }

    private ObjectNode plain(
            String about, boolean toServer, int lane, long counter, MessageHeader message, byte[] payload) {
        byte[] key = new SessionKeys(material.clone()).headerKey(toServer);
        ObjectNode node = describe(about, "plain", toServer, lane, counter, message, payload);
        node.put("key", hex(key));
        byte[] bytes = new byte[SendLane.OVERHEAD + payload.length];
        new DatagramHeader()
                .wrap(bytes, 0)
                .write(DatagramHeader.TYPE_PLAIN, lane, toServer ? SERVER_INDEX : CLIENT_INDEX, counter);
        message.copyTo(bytes, DatagramHeader.LENGTH);
        System.arraycopy(payload, 0, bytes, SendLane.OVERHEAD, payload.length);
        new HeaderTag(key).write(bytes, 0);
        return node.put("datagram", hex(bytes));
    }

    private ObjectNode describe(
            String about,
            String type,
            boolean toServer,
            int lane,
            long counter,
            MessageHeader message,
            byte[] payload) {
        byte[] header = new byte[MessageHeader.LENGTH];
        message.copyTo(header, 0);
        ObjectNode node = json.createObjectNode();
        node.put("about", about);
        node.put("type", type);
        node.put("sessionIndex", Integer.toUnsignedLong(toServer ? SERVER_INDEX : CLIENT_INDEX));
        node.put("lane", lane);
        node.put("counter", counter);
        node.put("kind", message.kind());
        node.put("messageHeader", hex(header));
        node.put("payload", hex(payload));
        return node;
    }

    /** Counters in the order in which they arrive, and whether each is taken by a window of exactly 8192. */
    private ArrayNode replay() {
        ArrayNode steps = json.createArrayNode();
        ReplayWindow window = new ReplayWindow();
        for (long counter : new long[] {0, 0, 2, 1, 1, 2, 8000, 3, 3, 100_000, 8000, 99_999, 92_000, 92_000, 99_999}) {
            steps.addObject().put("counter", counter).put("taken", window.take(counter));
        }
        return steps;
    }

    private ArrayNode control() throws IOException {
        UUID instance = UUID.fromString("6f1d3c1e-5d0a-4b52-9c53-0b2f1c3d4e5f");
        WireId wire = WireId.parse("0b6f7c52-3e7a-4ad2-8f0e-2b1f6f1d9a10");
        ArrayNode messages = json.createArrayNode();
        for (StreamMessage message : List.of(
                new StreamMessage.Hello(
                        1,
                        List.of("frames"),
                        instance,
                        Integer.toUnsignedLong(CLIENT_INDEX),
                        1,
                        List.of(7471),
                        CipherSuite.offered(true),
                        false),
                new StreamMessage.Ready(),
                new StreamMessage.Failure(StreamMessage.Failure.DUPLICATE_SESSION, "this instance was dialled already"),
                new StreamMessage.Close(),
                new StreamMessage.Told(
                        new PeerMessage.Offer(
                                wire,
                                Side.A,
                                Generation.parse("3:east-1"),
                                Generation.parse("1:west-1"),
                                77,
                                Role.ACTIVE,
                                false,
                                false),
                        1),
                new StreamMessage.Told(new PeerMessage.Withdraw(77), 2),
                new StreamMessage.Told(
                        new PeerMessage.Handoff("lan", Generation.parse("3:east-1"), json.readTree("{\"fdb\":[]}")), 3),
                new StreamMessage.Told(new PeerMessage.HandoffAck("lan", Generation.parse("3:east-1")), 4),
                new StreamMessage.Told(
                        new PeerMessage.PreparedExcept("lan", Generation.parse("3:east-1"), List.of(wire), true), 5))) {
            byte[] bytes = new StreamCodec().encode(message);
            ObjectNode node = messages.addObject();
            node.set("message", json.readTree(bytes, Integer.BYTES, bytes.length - Integer.BYTES));
            node.put("bytes", hex(bytes));
        }
        return messages;
    }

    private static MessageHeader frame(int total) {
        return new MessageHeader()
                .kind(MessageKind.FRAME)
                .sideBit(1)
                .wireIndex(77)
                .senderGeneration(3)
                .receiverGeneration(1)
                .frameNumber(1_000_000_007L)
                .byteOffset(12)
                .totalLength(total);
    }

    private static MessageHeader end() {
        return new MessageHeader()
                .kind(MessageKind.END)
                .wireIndex(0xfffffffe)
                .senderGeneration(0xffffffff)
                .receiverGeneration(2)
                .frameNumber(0x1122334455667788L);
    }

    private static MessageHeader keepalive() {
        return new MessageHeader().kind(MessageKind.KEEPALIVE);
    }

    private static byte[] counting(int length, int from) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }
}
