package io.virtualwire.testkit;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A caller of a daemon's interface that writes what no HTTP library would, on one connection as long as that lasts. */
public final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final TlsContexts tls;
    private final Identity server;
    private final String host;
    private final int port;
    private @Nullable SSLSocket socket;
    private InputStream in = InputStream.nullInputStream();

    /**
     * What came back.
     *
     * @param status 400 also where the server hung up in place of an answer
     */
    public record Answer(int status, String body) {}

    public RawConnection(TlsContexts tls, Identity server, String host, int port) {
        this.tls = tls;
        this.server = server;
        this.host = host;
        this.port = port;
    }

    /** Sends a request written as method and address, an empty line, and the body; each may be anything. */
    public Answer ask(byte[] request) throws IOException {
        int end = 0;
        while (end < request.length && request[end] != '\n') {
            end++;
        }
        int body = Math.min(request.length, end + 2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(request, 0, end);
        bytes.writeBytes((" HTTP/1.1\r\nhost: " + host + "\r\ncontent-length: " + (request.length - body) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        bytes.write(request, body, request.length - body);
        try {
            SSLSocket open = open();
            open.getOutputStream().write(bytes.toByteArray());
            return read();
        } catch (EOFException | java.net.SocketException | javax.net.ssl.SSLException hungUp) {
            close();
            return new Answer(400, "");
        }
    }

    private SSLSocket open() throws IOException {
        SSLSocket now = socket;
        if (now == null) {
            Socket raw = new Socket(host, port);
            raw.setSoTimeout(PATIENCE_MILLIS);
            raw.setTcpNoDelay(true);
            now = tls.clientSocket(raw, server);
            socket = now;
            in = new BufferedInputStream(now.getInputStream());
        }
        return now;
    }

    private Answer read() throws IOException {
        String first = line();
        int status = Integer.parseInt(first.split(" ")[1]);
        int length = 0;
        boolean ends = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
            // How long that would be only its end says, and nobody waits for it.
            ends |= lower.startsWith("transfer-encoding:");
            ends |= lower.startsWith("connection:") && lower.endsWith("close");
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (ends) {
            close();
        }
        return new Answer(status, body);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        SSLSocket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
