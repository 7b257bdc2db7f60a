package io.virtualwire.cli.startup;

import io.virtualwire.identity.TlsContexts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A daemon with nothing in it, on loopback: it answers every request of a training run with an empty list. */
final class PracticeServer implements AutoCloseable {
    private static final byte[] EMPTY_LIST = String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Content-Type: application/json",
                    "Content-Length: 2",
                    "Connection: close",
                    "",
                    "[]")
            .getBytes(StandardCharsets.US_ASCII);

    private final TlsContexts tls;
    private final ServerSocket listener;

    PracticeServer(TlsContexts tls) {
        this.tls = tls;
        try {
            listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("practice-server").start(this::serve);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket plain = listener.accept();
                    Socket sealed = tls.serverSocket(plain, identity -> true)) {
                answer(sealed);
            } catch (IOException e) {
                // A client that went away, or the listener's end: either way there is nobody to answer.
                continue;
            }
        }
    }

    private static void answer(Socket sealed) throws IOException {
        BufferedReader request =
                new BufferedReader(new InputStreamReader(sealed.getInputStream(), StandardCharsets.US_ASCII));
        String line = request.readLine();
        while (line != null && !line.isEmpty()) {
            line = request.readLine();
        }
        sealed.getOutputStream().write(EMPTY_LIST);
        sealed.getOutputStream().flush();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
