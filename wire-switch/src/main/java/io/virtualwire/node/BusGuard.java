package io.virtualwire.node;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.virtualwire.identity.Guard;
import io.virtualwire.identity.TlsContexts;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSession;

/** Cuts sockets of the bus when their peers are believed no more; the connection's own guard ends with its upgrade. */
final class BusGuard {
    private static final String SESSION = "tls-session";

    private final TlsContexts tls;
    private final Map<SockJSSocket, Guard> guards = new ConcurrentHashMap<>();

    BusGuard(TlsContexts tls) {
        this.tls = tls;
    }

    /** Keeps what the handshake proved, which cannot be asked for any more after the upgrade. */
    static void note(RoutingContext context) {
        context.put(SESSION, context.request().connection().sslSession());
        context.next();
    }

    /** Something has happened on the bridge. */
    void heard(BridgeEvent event) {
        SockJSSocket socket = event.socket();
        switch (event.type()) {
            case SOCKET_CREATED -> {
                SSLSession session =
                        Objects.requireNonNull(socket.routingContext().<SSLSession>get(SESSION), "there is TLS only");
                guards.put(socket, tls.guard(session, socket::close));
            }
            case SOCKET_CLOSED -> {
                Guard guard = guards.remove(socket);
                if (guard != null) {
                    guard.close();
                }
            }
            default -> {
                // It says nothing of whose the socket is.
            }
        }
    }
}
