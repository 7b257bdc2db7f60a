package io.virtualwire.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A request that keeps to the contract.
 *
 * @param caller who asks, by the certificate
 */
public record Call(RoutingContext context, Identity caller) {

    static Call of(RoutingContext context) {
        SSLSession session = context.request().connection().sslSession();
        if (session == null) {
            throw new WireException(ErrorCode.UNAUTHENTICATED, "the request came without TLS", "use https");
        }
        return new Call(context, TlsContexts.peer(session));
    }

    /** Where the request comes from. */
    public String from() {
        return String.valueOf(context.request().remoteAddress());
    }

    /** What it is about: path and query. */
    public String target() {
        return context.request().uri();
    }

    /** A parameter of the path. */
    public String path(String name) {
        return String.valueOf(context.pathParam(name));
    }

    /** A parameter of the query. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(context.queryParams().get(name));
    }

    /**
     * A parameter of the query that is a whole number.
     *
     * @param most a contract's integers have no end, and may be written as 1e3: what is not one of at most this is refused
     */
    public OptionalLong number(String name, long most) {
        Optional<String> said = query(name);
        if (said.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(said.get());
            if (number <= most) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "parameter '" + name + "' cannot be '" + said.get() + "'",
                "say a whole number of at most " + most);
    }

    /** Whether a parameter of the query says yes. */
    public boolean flag(String name) {
        return query(name).filter("true"::equals).isPresent();
    }

    /** A header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(context.request().getHeader(name));
    }

    /** The body; empty if there is none. */
    public byte[] body() {
        Buffer body = context.body().buffer();
        return body == null ? new byte[0] : body.getBytes();
    }

    /** A parameter of path, query or header. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(context.pathParam(name))
                .or(() -> query(name))
                .or(() -> header(name));
    }

    @Nullable
    Object json() {
        return Json.decodeValue(context.body().buffer());
    }
}
