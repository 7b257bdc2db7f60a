package io.virtualwire.association;

import java.util.Arrays;

/**
 * The 96 bytes that a TLS session exports for its datagrams, cut as docs/wire-protocol.md section 3.2 draws it.
 *
 * <pre>
 *  bytes  0..31  data key    client to server        bytes 64..79  header key  client to server
 *  bytes 32..63  data key    server to client        bytes 80..95  header key  server to client
 * </pre>
 *
 * <p>{@link #close} overwrites them; what was cut from them belongs to the ciphers by then.
 */
final class SessionKeys implements AutoCloseable {
    static final int LENGTH = 96;

    /** RFC 8446 section 7.5's label. */
    static final String EXPORTER_LABEL = "EXPORTER-virtualwire-v1";

    private static final int DATA_KEY_LENGTH = 32;
    private static final int HEADER_KEY_LENGTH = 16;
    private static final int HEADER_KEYS_OFFSET = 2 * DATA_KEY_LENGTH;

    private final byte[] material;

    /** Takes over {@code material} and will overwrite it. */
    SessionKeys(byte[] material) {
        if (material.length != LENGTH) {
            throw new IllegalArgumentException(material.length + " bytes of keying material instead of " + LENGTH);
        }
        this.material = material;
    }

    /** The exporter's context: the client's session index, then the server's. */
    static byte[] exporterContext(int clientIndex, int serverIndex) {
        return new byte[] {
            (byte) (clientIndex >> 24), (byte) (clientIndex >> 16), (byte) (clientIndex >> 8), (byte) clientIndex,
            (byte) (serverIndex >> 24), (byte) (serverIndex >> 16), (byte) (serverIndex >> 8), (byte) serverIndex
        };
    }

    /** A copy of the data key of one direction. */
    byte[] dataKey(boolean clientToServer) {
        int from = clientToServer ? 0 : DATA_KEY_LENGTH;
        return Arrays.copyOfRange(material, from, from + DATA_KEY_LENGTH);
    }

    /** A copy of the header key of one direction. */
    byte[] headerKey(boolean clientToServer) {
        int from = HEADER_KEYS_OFFSET + (clientToServer ? 0 : HEADER_KEY_LENGTH);
        return Arrays.copyOfRange(material, from, from + HEADER_KEY_LENGTH);
    }

    /** A copy of all of it, for another process. */
    byte[] image() {
        return material.clone();
    }

    @Override
    public void close() {
        Arrays.fill(material, (byte) 0);
    }
}
