package io.virtualwire.authority;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.client.EnrolmentRequest;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.RenewalRequest;
import io.virtualwire.client.RevocationsAnswer;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.rest.Doorkeeper;
import io.virtualwire.rest.RequestDeadline;
import io.virtualwire.time.Ticker;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service in which a tenant's authority answers: enrols by token, renews by certificate, tells whom it has revoked. HTTPS,
 * TLS 1.3; only renewal asks for a certificate of the caller.
 *
 * <p>It keeps nothing itself: what it says is in the register, which commands of the same wire home change, too.
 */
public final class AuthorityServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityServer.class);
    private static final Duration OWN_LIFE = Duration.ofDays(7);
    private static final long OWN_RENEWAL_MILLIS = Duration.ofHours(12).toMillis();
    private static final int LONGEST_BODY = 32 << 10;
    private static final int IDLE_SECONDS = 30;
    private static final int HANDSHAKE_SECONDS = 5;
    private static final int LONGEST_HEADERS = 16 << 10;
    private static final int START_SECONDS = 20;
    private static final long LOOK_MILLIS = 200;
    private static final long LONGEST_WAIT_MILLIS = 20_000;
    private static final int TOO_LARGE = 413;

    private final Vertx vertx;
    private final Doorkeeper doorkeeper;
    private final RequestDeadline deadline;
    private final Registrar registrar;
    private final Duration life;
    private final JsonMapper json = ApiJson.strict();
    private final OwnIdentity self;
    private volatile Object standing;
    private Object seen = new Object();
    private int port;

    private AuthorityServer(
            Vertx vertx, Doorkeeper doorkeeper, Registrar registrar, Duration life, InstantSource clock) {
        this.vertx = vertx;
        this.doorkeeper = doorkeeper;
        this.deadline = new RequestDeadline(vertx, Duration.ofSeconds(IDLE_SECONDS));
        this.registrar = registrar;
        this.life = life;
        this.self = new OwnIdentity(registrar.ownCredentials(OWN_LIFE), Revocations.inMemory(), clock, Ticker.system());
        this.standing = registrar.standing();
    }

    /**
     * Starts to listen; port 0 takes any that is free.
     *
     * @param life how long the certificates hold that it issues
     */
    public static AuthorityServer start(
            Registrar registrar, Duration life, String address, int port, InstantSource clock) {
        Doorkeeper doorkeeper = new Doorkeeper();
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)))
                .withTransport(doorkeeper)
                .build();
        AuthorityServer service = new AuthorityServer(vertx, doorkeeper, registrar, life, clock);
        try {
            service.listen(address, port);
            return service;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            vertx.close();
            throw new WireException(ErrorCode.INTERNAL, "interrupted while starting the authority's service", "", e);
        } catch (ExecutionException | TimeoutException e) {
            vertx.close();
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot offer the authority's service at " + address + " port " + port + ": "
                            + (e.getCause() == null
                                    ? "it takes too long"
                                    : e.getCause().getMessage()),
                    "see who has the port with 'ss -lntp' and end it, or choose another with --port",
                    e);
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void listen(String address, int wanted) throws InterruptedException, ExecutionException, TimeoutException {
        TlsContexts tls = new TlsContexts(self);
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.REQUEST)
                .setKeyCertOptions(KeyCertOptions.wrap(tls.keyManagerWithAuthority()))
                .setTrustOptions(TrustOptions.wrap(tls.renewalTrustManager()))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setHost(address)
                .setPort(wanted);
        HttpServer server = vertx.createHttpServer(options)
                .requestHandler(router())
                .connectionHandler(connection -> {
                    // Who has no certificate, but perhaps a token, stays a stranger.
                    if (TlsContexts.shown(connection.sslSession()).isPresent()) {
                        doorkeeper.proved(connection);
                    }
                    deadline.opened(connection);
                    connection.closeHandler(closed -> deadline.closed(connection));
                })
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(START_SECONDS, TimeUnit.SECONDS);
        port = server.actualPort();
        doorkeeper.watch(port);
        vertx.setPeriodic(OWN_RENEWAL_MILLIS, timer -> self.renew(registrar.ownCredentials(OWN_LIFE)));
        vertx.setPeriodic(LOOK_MILLIS, timer -> followRotation());
    }

    /** Shows itself as the service of another authority when a command has put that in the place of the one before. */
    private void followRotation() {
        Object version = registrar.version();
        if (!version.equals(seen)) {
            seen = version;
            vertx.executeBlocking(
                            () -> {
                                Object now = registrar.standing();
                                if (!now.equals(standing)) {
                                    self.renew(registrar.ownCredentials(OWN_LIFE));
                                    standing = now;
                                    LOG.info("another authority takes the place of the one before");
                                }
                                return now;
                            },
                            true)
                    .onFailure(e -> LOG.error("cannot show another authority's certificate", e));
        }
    }

    private Router router() {
        Router router = Router.router(vertx);
        router.route().handler(deadline.begun());
        router.route().handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        router.route().handler(deadline::read);
        router.post("/v1/enrol").handler(this::enrol);
        router.post("/v1/renew").handler(this::renew);
        router.get("/v1/revocations").handler(this::revocations);
        router.route().failureHandler(context -> refuse(context, problem(context)));
        // A target with a broken escape matches no route, and so no failure handler.
        router.errorHandler(400, context -> refuse(context, problem(context)));
        router.route()
                .last()
                .handler(context -> refuse(
                        context,
                        new WireException(
                                ErrorCode.NOT_FOUND,
                                // Not what it is: it may be a token in a wrong place.
                                "there is nothing at that address",
                                "see docs/security.md for what the authority answers")));
        return router;
    }

    /* What Vert.x itself refuses has a status of its own: one that is too long, or whose target is no path. */
    private static Throwable problem(RoutingContext context) {
        if (context.failure() != null && context.statusCode() >= 500) {
            return context.failure();
        }
        return new WireException(
                ErrorCode.BAD_REQUEST,
                "the request was refused",
                context.statusCode() == TOO_LARGE
                        ? "send a shorter one"
                        : "see docs/security.md for what the authority answers");
    }

    private void enrol(RoutingContext context) {
        carryOut(context, () -> {
            EnrolmentRequest asked = read(context, EnrolmentRequest.class);
            CertificateAnswer answer = registrar.enrol(asked.secret(), asked.request(), life, from(context));
            LOG.info("enrolled a member from {}, until {}", context.request().remoteAddress(), answer.validUntil());
            return answer;
        });
    }

    private void renew(RoutingContext context) {
        carryOut(context, () -> {
            SSLSession session =
                    Objects.requireNonNull(context.request().connection().sslSession(), "there is TLS only");
            X509Certificate shown = TlsContexts.shown(session)
                    .orElseThrow(() -> new WireException(
                            ErrorCode.UNAUTHENTICATED,
                            "cannot renew: the caller showed no certificate",
                            "enrol with a token"));
            Identity member = TlsContexts.peer(session);
            CertificateAnswer answer = registrar.renew(
                    shown, member, read(context, RenewalRequest.class).request(), life, from(context));
            LOG.info("renewed {}, until {}", member, answer.validUntil());
            return answer;
        });
    }

    private static String from(RoutingContext context) {
        return String.valueOf(context.request().remoteAddress());
    }

    private void revocations(RoutingContext context) {
        long after = number(context, "after");
        long wait = Math.min(number(context, "wait"), LONGEST_WAIT_MILLIS);
        long patience = Math.max(1, wait / LOOK_MILLIS);
        look(context, after, new Object(), patience);
    }

    /** Looks whether there is a newer list, now and then until there is or the caller's patience ends. */
    private void look(RoutingContext context, long after, Object seen, long patience) {
        Object version = registrar.version();
        if (version.equals(seen) && patience > 0) {
            vertx.setTimer(LOOK_MILLIS, timer -> look(context, after, seen, patience - 1));
            return;
        }
        vertx.executeBlocking(registrar::newestList, false)
                .onFailure(e -> refuse(context, e))
                .onSuccess(newest -> {
                    if (newest.number() > after || patience <= 0) {
                        answer(
                                context,
                                200,
                                newest.number() > after
                                        ? newest
                                        : new RevocationsAnswer(newest.number(), Optional.empty(), List.of()));
                    } else {
                        vertx.setTimer(LOOK_MILLIS, timer -> look(context, after, version, patience - 1));
                    }
                });
    }

    private void carryOut(RoutingContext context, Callable<?> work) {
        vertx.executeBlocking(work, false)
                .onSuccess(result -> answer(context, 200, result))
                .onFailure(e -> refuse(context, e));
    }

    private <T> T read(RoutingContext context, Class<T> type) {
        try {
            String body = context.body().asString();
            if (body == null || body.isEmpty()) {
                throw new WireException(ErrorCode.BAD_REQUEST, "the request has no body", "send JSON");
            }
            T read = json.readerFor(type)
                    .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .readValue(body);
            if (read == null) {
                throw new WireException(ErrorCode.BAD_REQUEST, "the body is null", "send a JSON object");
            }
            return read;
        } catch (JsonProcessingException e) {
            // What the parser quotes of a text that is no JSON may be the secret.
            String what = e instanceof JsonParseException
                    ? "it is no JSON from line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + " on"
                    : e.getOriginalMessage();
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "the body cannot be read: " + what, "send a JSON object with its fields");
        }
    }

    private static long number(RoutingContext context, String name) {
        String text = context.request().getParam(name);
        try {
            return text == null ? 0 : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new WireException(ErrorCode.BAD_REQUEST, "parameter '" + name + "' is no number", "write one", e);
        }
    }

    /* Of the address only what is known: anything else may be a token in a wrong place. */
    private static String at(RoutingContext context) {
        return context.currentRoute() == null || context.currentRoute().getPath() == null
                ? "a request"
                : context.currentRoute().getPath();
    }

    private void refuse(RoutingContext context, Throwable cause) {
        if (cause instanceof WireException refused) {
            LOG.info("refused {} from {}: {}", at(context), context.request().remoteAddress(), refused.getMessage());
            answer(context, status(refused.code()), ErrorBody.of(refused));
            return;
        }
        LOG.error("{} failed", at(context), cause);
        answer(
                context,
                500,
                new ErrorBody(ErrorCode.INTERNAL.name(), "the authority failed", "see the authority's log"));
    }

    private void answer(RoutingContext context, int status, Object body) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        try {
            context.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/json")
                    .end(Buffer.buffer(json.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            LOG.error("cannot write an answer", e);
            context.response().setStatusCode(500).end();
        }
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case SYSTEM, CORRUPT, INTERNAL -> 500;
            default -> 400;
        };
    }
}
