package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Relayed;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** The way to a relay, within which two daemons then shake hands as if it were a wire between them. */
final class RelayLeg {
    private final TlsContexts tls;
    private final StreamCodec codec;

    RelayLeg(TlsContexts tls, StreamCodec codec) {
        this.tls = tls;
        this.codec = codec;
    }

    /** Asks the relay at the other end of a connection, and waits until it leads to the peer; what follows is the peer's. */
    SSLSocket open(Socket raw, Identity relay, StreamMessage request, int timeoutMillis) throws IOException {
        raw.setSoTimeout(timeoutMillis);
        raw.setTcpNoDelay(true);
        SSLSocket outer = tls.clientSocket(raw, relay);
        outer.startHandshake();
        OutputStream out = outer.getOutputStream();
        out.write(codec.encode(request));
        out.flush();
        // Not buffered: not a byte more may be read than the answer has.
        StreamMessage answer = codec.read(new DataInputStream(outer.getInputStream()));
        return switch (answer) {
            case Relayed _ -> outer;
            case Failure failure ->
                throw new ProtocolException(
                        relay + " does not lead there: " + failure.code() + " " + failure.message());
            default -> throw new ProtocolException(relay + " answered with " + answer);
        };
    }
}
