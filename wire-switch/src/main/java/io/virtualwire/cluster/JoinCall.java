package io.virtualwire.cluster;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/** Asks a node of a fabric at its {@link JoinDesk}, through its tunnel's end on the underlay. */
public final class JoinCall {
    private static final int CONNECT_MILLIS = 2_000;

    private JoinCall() {}

    /**
     * Asks.
     *
     * @param node who must answer
     * @param patience how long an answer may take
     * @throws IOException if it does not answer, or lets nobody like this one ask
     */
    public static String ask(
            TlsContexts tls, Identity node, InetSocketAddress tunnel, String question, Duration patience)
            throws IOException {
        try (Socket underlay = new Socket()) {
            underlay.connect(tunnel, CONNECT_MILLIS);
            Sockets.prepare(underlay);
            underlay.setSoTimeout(Math.toIntExact(patience.toMillis()));
            SSLSocket peer = tls.clientSocket(underlay, node);
            ServiceRequest.askToJoin(peer.getInputStream(), peer.getOutputStream());
            ServiceRequest.writeLine(peer.getOutputStream(), question);
            String answer = ServiceRequest.readLongLine(peer.getInputStream());
            if (answer.isEmpty()) {
                throw new IOException("it answered nothing");
            }
            return answer;
        }
    }
}
