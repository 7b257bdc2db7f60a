package io.virtualwire.node;

import io.vertx.ext.bridge.BridgeEventType;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.Guard;
import io.virtualwire.identity.TlsContexts;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSession;

/**
 * Knows whose each socket of the bus is: signs what comes from there, and cuts it when its peer is believed no more, as the
 * connection's own guard ends with its upgrade.
 */
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

    /** Writes on a message from outside who sent it, in place of whatever headers it had. */
    void sign(BridgeEvent event) {
        if (event.type() == BridgeEventType.SEND) {
            SockJSSocket socket = event.socket();
            Identity proved = TlsContexts.peer(session(socket));
            BusCaller caller = new BusCaller(Optional.of(proved), String.valueOf(socket.remoteAddress()));
            event.getRawMessage().put("headers", caller.headers());
        }
    }

    private static SSLSession session(SockJSSocket socket) {
        return Objects.requireNonNull(socket.routingContext().<SSLSession>get(SESSION), "there is TLS only");
    }

    /** Something has happened on the bridge. */
    void heard(BridgeEvent event) {
        SockJSSocket socket = event.socket();
        switch (event.type()) {
            case SOCKET_CREATED -> {
                guards.put(socket, tls.guard(session(socket), socket::close));
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
