package io.virtualwire.client;

import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server that hung up without a word what it thinks of us, by a handshake after which nothing is said.
 *
 * <p>With TLS 1.3 a client has shaken hands before the server has judged its certificate (RFC 8446 section 4.4.2), so the request follows
 * at once. It reaches a server that has said no and hung up, whose kernel answers with a reset, and that can take the place of what was
 * said (RFC 9112 section 9.6). Who sends nothing more is not reset.
 */
final class SilentHandshake {
    private final SSLContext context;
    private final HostAddress address;

    SilentHandshake(SSLContext context, HostAddress address) {
        this.context = context;
        this.address = address;
    }

    /** What the server says within a moment of shaking hands, or null: who is content says nothing. */
    @Nullable
    SSLException objection(Patience patience) {
        try (Socket plain = new Socket()) {
            int limit = Math.toIntExact(patience.connect().toMillis());
            plain.connect(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), limit);
            plain.setSoTimeout(limit);
            SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, address.host(), address.port(), true);
            tls.setSSLParameters(TlsContexts.parameters());
            tls.startHandshake();
            plain.setSoTimeout(Math.toIntExact(patience.moment().toMillis()));
            int unused = tls.getInputStream().read();
            return null;
        } catch (SSLException said) {
            // A reset is no word, either.
            return said.getCause() instanceof SocketException ? null : said;
        } catch (IOException nothing) {
            return null;
        }
    }
}
