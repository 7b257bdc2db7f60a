package io.virtualwire.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers and refusals as the contract promises them. */
public final class Answers {
    private static final Logger log = LoggerFactory.getLogger(Answers.class);
    private static final String JSON = "application/json";
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final String daemon;
    private final Optional<ResponseValidator> check;
    private final JsonMapper json = ApiJson.lenient();

    /** @param check what holds answers to the contract, if something does */
    Answers(String daemon, Optional<ResponseValidator> check) {
        this.daemon = daemon;
        this.check = check;
    }

    /** Answers with a record, a list or a JSON object; an empty Optional says that all is well. */
    public void answer(RoutingContext context, Object body) {
        if (body instanceof Optional<?> optional && optional.isEmpty()) {
            send(context, NO_CONTENT, Buffer.buffer());
        } else {
            send(context, OK, encode(body));
        }
    }

    /** Says no, and why. */
    public void refuse(RoutingContext context, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WireException refused) {
            refuse(context, status(refused.code()), refused);
            return;
        }
        log.error("{} {} failed", context.request().method(), context.request().path(), cause);
        refuse(
                context,
                status(ErrorCode.INTERNAL),
                new WireException(
                        ErrorCode.INTERNAL, "the " + daemon + " failed: " + cause, "see the " + daemon + "'s log"));
    }

    /** Says no with another status than the code's own. */
    void refuse(RoutingContext context, int status, WireException refused) {
        send(context, status, encode(ErrorBody.of(refused)));
    }

    /** One line of an answer that goes on. */
    public Buffer line(Object value) {
        return encode(value).appendString("\n");
    }

    private void send(RoutingContext context, int status, Buffer body) {
        Operation operation = context.get(RouterBuilder.KEY_META_DATA_OPERATION);
        if (check.isEmpty() || operation == null) {
            end(context, status, body);
            return;
        }
        ValidatableResponse response = body.length() == 0
                ? ValidatableResponse.create(status)
                : ValidatableResponse.create(status, body, JSON);
        check.get()
                .validate(response, operation.getOperationId())
                .onSuccess(fits -> end(context, status, body))
                .onFailure(broken -> end(
                        context,
                        status(ErrorCode.INTERNAL),
                        encode(new ErrorBody(
                                ErrorCode.INTERNAL.name(),
                                "the answer " + status + " " + body + " breaks the contract: " + broken.getMessage(),
                                ""))));
    }

    private static void end(RoutingContext context, int status, Buffer body) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        context.response().setStatusCode(status);
        if (body.length() == 0) {
            context.response().end();
        } else {
            context.response().putHeader("content-type", JSON).end(body);
        }
    }

    private Buffer encode(Object body) {
        try {
            return body instanceof JsonObject encoded
                    ? encoded.toBuffer()
                    : Buffer.buffer(json.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write " + body + " as JSON", "", e);
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
}
