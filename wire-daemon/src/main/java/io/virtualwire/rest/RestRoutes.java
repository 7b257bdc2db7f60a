package io.virtualwire.rest;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatorException;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a daemon's REST interface, one for each operation of its contract; a request that breaks the contract is
 * refused before it reaches one.
 */
public final class RestRoutes {
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final String SEE = "see GET /v1/openapi.yaml for what there is";

    /** Requests of one tenant that block at once, of the threads that all share. */
    private static final int AT_ONCE = 4;

    private static final int WAITING = 256;
    /** How long who asks too much waits for the refusal, so that it asks less. */
    private static final int REFUSAL_PAUSE_MILLIS = 250;

    private final Vertx vertx;
    private final Turnstile turnstile = new Turnstile(AT_ONCE, WAITING);
    private final Contract contract;
    private final int longestBody;
    private final Answers answers;
    private final RouterBuilder builder;
    private @Nullable AuditTrail trail;

    /**
     * @param daemon how messages call the one who answers
     * @param contract has an operation {@code openapi}, which is answered here
     * @param longestBody the most bytes that a request may have
     * @param deadline how long one may take to come
     */
    public RestRoutes(Vertx vertx, String daemon, Contract contract, int longestBody, RequestDeadline deadline) {
        this.vertx = vertx;
        this.contract = contract;
        this.longestBody = longestBody;
        answers = new Answers(
                daemon,
                contract.bindsAnswers()
                        ? Optional.of(ResponseValidator.create(vertx, contract.parsed()))
                        : Optional.empty());
        builder = RouterBuilder.create(vertx, contract.parsed(), this::requestOf);
        builder.rootHandler(deadline.begun());
        builder.rootHandler(BodyHandler.create(false).setBodyLimit(longestBody));
        builder.rootHandler(deadline::read);
        on(
                "openapi",
                (context, call) -> context.response()
                        .putHeader("content-type", "application/yaml")
                        .end(contract.text()));
    }

    /** Asks before every request whether its caller may; a {@link WireException} says no. */
    public RestRoutes admitting(Consumer<Identity> check) {
        builder.rootHandler(context -> {
            try {
                check.accept(Call.of(context).caller());
                context.next();
            } catch (WireException no) {
                if (no.code() == ErrorCode.QUOTA_EXCEEDED) {
                    vertx.setTimer(REFUSAL_PAUSE_MILLIS, over -> answers.refuse(context, no));
                } else {
                    answers.refuse(context, no);
                }
            }
        });
        return this;
    }

    /** Notes every change that is asked for, before it is answered. */
    public RestRoutes audited(AuditTrail auditTrail) {
        trail = auditTrail;
        return this;
    }

    /** Notes a change if this operation makes any; it blocks, so the answer waits for what comes back. */
    public Future<?> note(String operation, Call call, @Nullable Throwable failure) {
        AuditTrail to = trail;
        Operation known = contract.parsed().operation(operation);
        if (to == null || known == null || known.getHttpMethod().equals(HttpMethod.GET)) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(
                () -> {
                    to.asked(
                            call.caller(),
                            call.from(),
                            operation,
                            call.target(),
                            call.header("Idempotency-Key"),
                            failure);
                    return operation;
                },
                false);
    }

    /** How answers are written. */
    public Answers answers() {
        return answers;
    }

    /** An operation that may block; what it gives is the answer, an empty Optional if there is nothing to say. */
    public RestRoutes blocking(String operation, Function<Call, Object> work) {
        // Not ordered: requests of one connection may share a group commit with those of others.
        return later(
                operation,
                call -> turnstile.enter(
                        call.caller().tenant(), () -> vertx.executeBlocking(() -> work.apply(call), false)));
    }

    /** An operation that may block and whose answer is a text in a language of its own. */
    public RestRoutes text(String operation, String language, Function<Call, String> work) {
        return on(
                operation,
                (context, call) -> turnstile
                        .enter(call.caller().tenant(), () -> vertx.executeBlocking(() -> work.apply(call), false))
                        .onSuccess(text -> context.response()
                                .putHeader("content-type", language)
                                .end(text))
                        .onFailure(failure -> answers.refuse(context, failure)));
    }

    /** An operation whose answer comes by itself. */
    public RestRoutes later(String operation, Function<Call, Future<?>> work) {
        return on(
                operation,
                (context, call) -> work.apply(call)
                        .onSuccess(result ->
                                note(operation, call, null).onComplete(noted -> answers.answer(context, result)))
                        .onFailure(failure ->
                                note(operation, call, failure).onComplete(noted -> answers.refuse(context, failure))));
    }

    /** An operation that writes its answer itself. */
    public RestRoutes on(String operation, BiConsumer<RoutingContext, Call> work) {
        OpenAPIRoute route =
                Objects.requireNonNull(builder.getRoute(operation), () -> "the contract has no operation " + operation);
        route.addHandler(context -> work.accept(context, Call.of(context)));
        return this;
    }

    /** All of it, with an answer for whatever is no operation. */
    public Router router() {
        Router router = builder.createRouter();
        router.route().failureHandler(this::failed);
        // Vert.x' own, for an address that it cannot take apart.
        router.errorHandler(BAD_REQUEST, context -> answers.refuse(context, BAD_REQUEST, unreadable()));
        router.errorHandler(
                METHOD_NOT_ALLOWED,
                context -> answers.refuse(
                        context,
                        METHOD_NOT_ALLOWED,
                        new WireException(
                                ErrorCode.BAD_REQUEST, context.request().method() + " is not for this address", SEE)));
        router.errorHandler(NOT_FOUND, context -> answers.refuse(context, nothingAt(context)));
        return router;
    }

    private static WireException nothingAt(RoutingContext context) {
        return new WireException(
                ErrorCode.NOT_FOUND, "there is nothing at " + context.request().path(), SEE);
    }

    private static WireException unreadable() {
        return new WireException(ErrorCode.BAD_REQUEST, "the address of the request cannot be read", SEE);
    }

    private Future<ValidatableRequest> requestOf(RoutingContext context, Operation operation) {
        context.put(RouterBuilder.KEY_META_DATA_OPERATION, operation);
        List<String> known = contract.parameters(operation).stream()
                .map(it -> it.getString("name"))
                .toList();
        for (String name : context.queryParams().names()) {
            if (!known.contains(name)) {
                return Future.failedFuture(Complaint.unknownParameter(name, known));
            }
        }
        // There is one language for bodies here; whoever does not say so, as curl, means that one.
        context.request().headers().set(HttpHeaders.CONTENT_TYPE, "application/json");
        return RequestUtils.extract(
                context.request(),
                operation,
                () -> Future.succeededFuture(context.body().buffer()));
    }

    private void failed(RoutingContext context) {
        if (context.statusCode() == TOO_LARGE) {
            answers.refuse(
                    context,
                    TOO_LARGE,
                    new WireException(
                            ErrorCode.BAD_REQUEST,
                            "the body is longer than " + (longestBody >> 10) + " KiB",
                            "send a shorter one"));
            return;
        }
        Throwable failure = context.failure();
        if (failure == null && context.statusCode() == NOT_FOUND) {
            answers.refuse(context, nothingAt(context));
        } else if (failure == null && context.statusCode() == BAD_REQUEST) {
            answers.refuse(context, unreadable());
        } else if (failure == null) {
            answers.refuse(context, new IllegalStateException("status " + context.statusCode()));
        } else if (failure instanceof ValidatorException broken) {
            answers.refuse(context, complaint(context, broken));
        } else if (failure.getCause() instanceof ValidatorException broken) {
            answers.refuse(context, complaint(context, broken));
        } else if (context.statusCode() == BAD_REQUEST && !(failure instanceof WireException)) {
            answers.refuse(context, unreadable());
        } else {
            answers.refuse(context, failure);
        }
    }

    private WireException complaint(RoutingContext context, ValidatorException broken) {
        Operation operation = Objects.requireNonNull(context.get(RouterBuilder.KEY_META_DATA_OPERATION));
        return new Complaint(contract, operation, Call.of(context)).of(broken);
    }
}
