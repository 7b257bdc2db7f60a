package io.virtualwire.rest;

import io.vertx.core.http.HttpConnection;
import io.virtualwire.identity.TlsContexts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many connections each tenant may have open to an interface; one more is closed. */
public final class ConnectionCap {
    private final int most;
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    /** @param most of one tenant */
    public ConnectionCap(int most) {
        this.most = most;
    }

    /**
     * A connection was made; who made it has been proved.
     *
     * @return to be run when it is closed
     */
    public Runnable opened(HttpConnection connection) {
        String tenant = TlsContexts.peer(connection.sslSession()).tenant();
        if (open.merge(tenant, 1, Integer::sum) > most) {
            connection.close();
        }
        return () -> open.computeIfPresent(tenant, (it, count) -> count == 1 ? null : count - 1);
    }
}
