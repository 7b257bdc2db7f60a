package io.virtualwire.testkit;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;

/**
 * A WebSocket to a daemon's event bus that sends what no client of ours would: any bytes as a text message.
 *
 * <pre>
 *    0 1       7 8 9      15
 *   ┌─┬───┬─────┬─┬─────────┬───────────────────┬──────────────┬─────────┐
 *   │F│RSV│ op  │M│ length  │ longer length 2/8 │ mask (if M) 4│ payload │   RFC 6455 section 5.2
 *   └─┴───┴─────┴─┴─────────┴───────────────────┴──────────────┴─────────┘
 * </pre>
 */
public final class RawWebSocket implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int TEXT = 0x81;
    private static final int CLOSE = 8;
    private static final int MASKED = 0x80;
    private static final int TWO_MORE = 126;
    private static final int EIGHT_MORE = 127;

    private final SSLSocket socket;
    private final DataInputStream in;

    /** @param path where the WebSocket is */
    public RawWebSocket(TlsContexts tls, Identity server, String host, int port, String path) throws IOException {
        Socket raw = new Socket(host, port);
        raw.setSoTimeout(PATIENCE_MILLIS);
        raw.setTcpNoDelay(true);
        socket = tls.clientSocket(raw, server);
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nhost: " + host
                                + "\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
                                + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
        if (!answer.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException("no WebSocket: " + answer);
        }
    }

    /** Sends these bytes as one text message. */
    public void send(byte[] message) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(message.length + 14);
        frame.put((byte) TEXT);
        if (message.length < TWO_MORE) {
            frame.put((byte) (MASKED | message.length));
        } else if (message.length < 1 << 16) {
            frame.put((byte) (MASKED | TWO_MORE)).putShort((short) message.length);
        } else {
            frame.put((byte) (MASKED | EIGHT_MORE)).putLong(message.length);
        }
        // A mask of zeroes leaves the payload as it is.
        frame.putInt(0).put(message);
        socket.getOutputStream().write(frame.array(), 0, frame.position());
    }

    /** The next message; fails when the far end has closed. */
    public String receive() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        byte[] payload = new byte
                [switch (length) {
                    case TWO_MORE -> in.readUnsignedShort();
                    case EIGHT_MORE -> Math.toIntExact(in.readLong());
                    default -> length;
                }];
        in.readFully(payload);
        if ((first & 0xf) == CLOSE) {
            throw new EOFException("closed: " + new String(payload, StandardCharsets.UTF_8));
        }
        return new String(payload, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
