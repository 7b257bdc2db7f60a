package io.virtualwire.connector.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TlsContexts;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of REST version 1: finds out who asks and what, asks the service, writes what it says as JSON. */
final class RestApi {
    private static final Logger log = LoggerFactory.getLogger(RestApi.class);
    private static final int LONGEST_BODY = 64 << 10;
    private static final int TOO_LARGE = 413;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    private final Vertx vertx;
    private final ConnectorService service;
    private final RequestBodies bodies = new RequestBodies();
    private final JsonMapper json = ApiJson.strict();

    RestApi(Vertx vertx, ConnectorService service) {
        this.vertx = vertx;
        this.service = service;
    }

    Router router() {
        Router router = Router.router(vertx);
        router.route().handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        add(router, HttpMethod.GET, "/v1/health", call -> service.health(call.caller()));
        add(router, HttpMethod.GET, "/v1/version", call -> service.version());
        add(router, HttpMethod.GET, "/v1/endpoints", call -> service.endpoints(call.caller()));
        add(router, HttpMethod.PUT, "/v1/endpoints/:name", call -> {
            return service.putEndpoint(call.caller(), bodies.endpoint(call.path("name"), call.body()));
        });
        add(router, HttpMethod.DELETE, "/v1/endpoints/:name", call -> {
            service.removeEndpoint(call.caller(), call.path("name"), call.flag("force"));
            return Optional.empty();
        });
        add(router, HttpMethod.GET, "/v1/wires", call -> service.wires(call.caller()));
        add(router, HttpMethod.GET, "/v1/wires/:wire", call -> service.wire(call.caller(), call.wire()));
        add(router, HttpMethod.PUT, "/v1/wires/:wire/sides/:side", call -> {
            return service.connect(call.caller(), bodies.connect(call.wire(), call.side(), call.body()));
        });
        add(router, HttpMethod.DELETE, "/v1/wires/:wire/sides/:side", call -> {
            service.disconnect(call.caller(), call.wire(), call.side(), call.generation());
            return Optional.empty();
        });
        add(router, HttpMethod.POST, "/v1/wires/:wire/sides/:side/activate", call -> {
            return service.activate(call.caller(), call.wire(), call.side(), call.generation());
        });
        add(router, HttpMethod.GET, "/v1/associations", call -> service.associations(call.caller()));
        add(router, HttpMethod.POST, "/v1/reload", call -> service.reload(call.caller(), call.flag("enforce")));
        router.route().failureHandler(this::failed);
        router.errorHandler(
                METHOD_NOT_ALLOWED,
                context -> answer(
                        context,
                        METHOD_NOT_ALLOWED,
                        new ErrorBody(
                                "BAD_REQUEST",
                                context.request().method() + " is not for this address",
                                "see docs/rest-api.md")));
        router.errorHandler(
                NOT_FOUND,
                context -> refuse(
                        context,
                        new WireException(
                                ErrorCode.NOT_FOUND,
                                "there is nothing at " + context.request().path(),
                                "see docs/rest-api.md for what there is")));
        return router;
    }

    private void add(Router router, HttpMethod method, String path, Operation operation) {
        // Not ordered: requests of one connection may share a group commit with those of others.
        router.route(method, path)
                .handler(context -> vertx.executeBlocking(
                                () -> operation.run(new Call(context, caller(context))), false)
                        .onSuccess(result -> answer(context, result))
                        .onFailure(e -> refuse(context, e)));
    }

    private static Identity caller(RoutingContext context) {
        SSLSession session = context.request().connection().sslSession();
        if (session == null) {
            throw new WireException(ErrorCode.UNAUTHENTICATED, "the request came without TLS", "use https");
        }
        return TlsContexts.peer(session);
    }

    private void failed(RoutingContext context) {
        if (context.statusCode() == TOO_LARGE) {
            answer(
                    context,
                    TOO_LARGE,
                    new ErrorBody(
                            ErrorCode.BAD_REQUEST.name(), "the body is longer than 64 KiB", "send a shorter one"));
            return;
        }
        Throwable cause = context.failure();
        refuse(context, cause == null ? new IllegalStateException("status " + context.statusCode()) : cause);
    }

    private void refuse(RoutingContext context, Throwable cause) {
        if (cause instanceof WireException refused) {
            answer(context, status(refused.code()), ErrorBody.of(refused));
            return;
        }
        log.error("{} {} failed", context.request().method(), context.request().path(), cause);
        answer(
                context,
                status(ErrorCode.INTERNAL),
                new ErrorBody(ErrorCode.INTERNAL.name(), "the connector failed: " + cause, "see the connector's log"));
    }

    private void answer(RoutingContext context, Object result) {
        if (result instanceof Optional<?>) {
            context.response().setStatusCode(NO_CONTENT).end();
        } else {
            answer(context, 200, result);
        }
    }

    private void answer(RoutingContext context, int status, Object body) {
        if (context.response().ended()) {
            return;
        }
        try {
            context.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/json")
                    .end(Buffer.buffer(json.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            log.error("cannot write {} as JSON", body, e);
            context.response().setStatusCode(500).end();
        }
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case BAD_REQUEST -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, IN_USE, STALE_GENERATION, GENERATION_CONFLICT, VERSION_CONFLICT, WRONG_STATE -> 409;
            case QUOTA_EXCEEDED -> 429;
            case UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
            case SYSTEM, CORRUPT, INTERNAL -> 500;
        };
    }

    /** One operation of the service; gives what to answer, or an empty Optional if there is nothing to say. */
    private interface Operation {
        Object run(Call call);
    }

    private record Call(RoutingContext context, Identity caller) {
        private static final Set<String> YES = Set.of("true", "");
        private static final Set<String> NO = Set.of("false");

        String path(String name) {
            return String.valueOf(context.pathParam(name));
        }

        WireId wire() {
            return WireId.parse(path("wire"));
        }

        Side side() {
            return Side.parse(path("side"));
        }

        Generation generation() {
            String text = context.request().getParam("generation");
            if (text == null) {
                throw new WireException(
                        ErrorCode.BAD_REQUEST,
                        "parameter 'generation' is missing",
                        "add ?generation= and the side's own");
            }
            return Generation.parse(text);
        }

        boolean flag(String name) {
            String text = context.request().getParam(name);
            if (text == null || NO.contains(text)) {
                return false;
            }
            if (YES.contains(text)) {
                return true;
            }
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "parameter '" + name + "' cannot be '" + text + "'", "write true or false");
        }

        byte[] body() {
            Buffer body = context.body().buffer();
            return body == null ? new byte[0] : body.getBytes();
        }
    }
}
