package io.virtualwire.association;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.virtualwire.association.StreamMessage.Ignored;
import io.virtualwire.association.StreamMessage.Told;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.transport.Transport;
import io.virtualwire.wire.PeerMessage;
import java.io.DataInput;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Messages of the control stream as bytes: a 32-bit length, then a JSON object with a {@code type}; or datagrams, for where
 * UDP does not pass.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-------------------------------------------------------------+
 * |1|                  length of what follows                     |   0
 * +-+-----------------------------+-------------------------------+
 * |        datagram size          | datagrams of this size, the   |   4
 * +-------------------------------+ last one may be shorter …     |
 * </pre>
 */
final class StreamCodec {
    /** The longest message, its length field not counted. */
    static final int MAX_LENGTH = 1 << 20;

    /** Before the first of several datagrams. */
    static final int RUN_OFFSET = Integer.BYTES + Short.BYTES;

    private static final int DATAGRAMS = 1 << 31;
    private static final int LONGEST_RUN = Short.BYTES + Transport.MAX_RUN_BYTES;
    private static final String NUMBER = "number";
    private static final String TENANT = "tenant";
    private static final String VNI = "vni";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** The message with its length in front. */
    byte[] encode(StreamMessage message) {
        try {
            byte[] text = message instanceof Told told
                    ? JSON.writeValueAsBytes(numbered(told))
                    : JSON.writerFor(StreamMessage.class).writeValueAsBytes(message);
            if (text.length > MAX_LENGTH) {
                throw new WireException(
                        ErrorCode.BAD_REQUEST,
                        "cannot say something of " + text.length + " bytes to a peer: a message has at most "
                                + MAX_LENGTH,
                        "say less at once");
            }
            return ByteBuffer.allocate(Integer.BYTES + text.length)
                    .putInt(text.length)
                    .put(text)
                    .array();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write " + message, e);
        }
    }

    /** A run of datagrams with what goes in front. */
    byte[] encode(byte[] bytes, int offset, int length, int datagramSize) {
        return ByteBuffer.allocate(RUN_OFFSET + length)
                .putInt(DATAGRAMS | Short.BYTES + length)
                .putShort((short) datagramSize)
                .put(bytes, offset, length)
                .array();
    }

    /** Whether this is what was encoded of datagrams. */
    static boolean isDatagrams(byte[] encoded) {
        return encoded[0] < 0;
    }

    /** Reads one message, waiting for it. */
    StreamMessage read(DataInput in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return readDatagrams(in, length & ~DATAGRAMS);
        }
        if (length < 2 || length > MAX_LENGTH) {
            throw new ProtocolException("a message of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] text = new byte[length];
        in.readFully(text);
        return decode(text);
    }

    private static StreamMessage readDatagrams(DataInput in, int length) throws IOException {
        if (length <= Short.BYTES || length > LONGEST_RUN) {
            throw new ProtocolException("datagrams of " + length + " bytes");
        }
        int size = in.readUnsignedShort();
        if (size < SendLane.OVERHEAD) {
            throw new ProtocolException("a datagram of " + size + " bytes");
        }
        byte[] bytes = new byte[length - Short.BYTES];
        in.readFully(bytes);
        return new StreamMessage.Datagrams(bytes, size);
    }

    private StreamMessage decode(byte[] text) throws ProtocolException {
        try {
            JsonNode tree = JSON.readTree(text);
            String type = tree.path("type").asText();
            return switch (type) {
                case "hello", "ready", "error", "close", "revocations", "relay", "relayed", "call", "answer", "seen" ->
                    JSON.treeToValue(tree, StreamMessage.class);
                case "offer",
                        "withdraw",
                        "prepared",
                        "preparedExcept",
                        "callOff",
                        "calledOff",
                        "handoff",
                        "handoffAck" ->
                    new Told(
                            JSON.treeToValue(complete(tree), PeerMessage.class),
                            tree.path(NUMBER).asLong());
                default -> unknown(tree, type);
            };
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw (ProtocolException) new ProtocolException("a message that cannot be read").initCause(e);
        }
    }

    /** Offers say a tenant only if it is not the daemon's own, and a VNI only if there is one. */
    private static JsonNode complete(JsonNode tree) {
        if (tree instanceof ObjectNode message && tree.path("type").asText().equals("offer")) {
            if (!tree.has(TENANT)) {
                message.put(TENANT, "");
            }
            if (!tree.has(VNI)) {
                message.put(VNI, 0);
            }
        }
        return tree;
    }

    private ObjectNode numbered(Told told) {
        ObjectNode message = JSON.valueToTree(told.message());
        return message.put(NUMBER, told.number());
    }

    private static StreamMessage unknown(JsonNode tree, String type) throws ProtocolException {
        if (tree.path("optional").asBoolean(false)) {
            return new Ignored(type);
        }
        throw new ProtocolException("a message of unknown type '" + type + "'");
    }
}
