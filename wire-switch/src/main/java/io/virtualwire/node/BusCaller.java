package io.virtualwire.node;

import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.control.Identity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a message over the bus, as its headers say: the bridge writes them for whoever comes from outside and lets nobody
 * else's through; a verticle on the node has none.
 *
 * @param identity whom the certificate proved; empty for a verticle
 * @param from the address it came from
 */
record BusCaller(Optional<Identity> identity, String from) {
    private static final String IDENTITY = "virtualwire-caller";
    private static final String FROM = "virtualwire-from";

    static BusCaller of(MultiMap headers) {
        return new BusCaller(
                Optional.ofNullable(headers.get(IDENTITY)).map(Identity::parse),
                Optional.ofNullable(headers.get(FROM)).orElse(""));
    }

    /** The headers that say so. */
    JsonObject headers() {
        JsonObject headers = new JsonObject().put(FROM, from);
        identity.ifPresent(proved -> headers.put(IDENTITY, proved.toString()));
        return headers;
    }

    /** Writes down what became of a change that it asked for; without a failure it was done. */
    void note(AuditTrail trail, String operation, String target, Optional<String> key, @Nullable Throwable failure) {
        identity.ifPresentOrElse(
                proved -> trail.asked(proved, from, operation, target, key, failure),
                () -> trail.local(operation, target, failure));
    }
}
