package io.virtualwire.connector.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Guard;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.UnixSocket;
import io.virtualwire.rest.ConnectionCap;
import io.virtualwire.rest.Contract;
import io.virtualwire.rest.Doorkeeper;
import io.virtualwire.rest.RequestDeadline;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A running REST interface: HTTPS, TLS 1.3, both ends with a certificate. */
public final class ApiServer implements AutoCloseable {
    private static final int IDLE_SECONDS = 60;
    private static final int HANDSHAKE_SECONDS = 5;
    /** Of one tenant. */
    private static final int MOST_CONNECTIONS = 256;

    private static final int LONGEST_HEADERS = 16 << 10;
    private static final int START_SECONDS = 20;

    private static final Duration QUIET_PATIENCE = Duration.ofSeconds(2);
    private static final Duration QUIET_POLL = Duration.ofMillis(2);

    private final Vertx vertx;
    private final HttpServer server;
    private final Doorway doorway;
    private final Visitors visitors;

    private ApiServer(Vertx vertx, HttpServer server, Doorway doorway, Visitors visitors) {
        this.vertx = vertx;
        this.server = server;
        this.doorway = doorway;
        this.visitors = visitors;
    }

    /** Starts to listen; port 0 takes any that is free. */
    public static ApiServer start(
            TlsContexts tls, String address, int port, ConnectorService service, AuditTrail trail) {
        return start(tls, address, port, service, trail, contract());
    }

    /** What the interface promises; takes a moment to read, so that it may be done aside. */
    public static Contract contract() {
        return Contract.load(ApiServer.class, "connector.yaml");
    }

    /** Starts to listen, with a contract that was read before. */
    public static ApiServer start(
            TlsContexts tls, String address, int port, ConnectorService service, AuditTrail trail, Contract contract) {
        return start(tls, address, port, service, trail, contract, Optional.empty());
    }

    /**
     * Starts to let in who connects to a socket that listens already.
     *
     * @param listening its descriptor, which is this server's from now on; if it listens elsewhere it is closed, and another made
     */
    public static ApiServer start(
            TlsContexts tls,
            String address,
            int port,
            ConnectorService service,
            AuditTrail trail,
            Contract contract,
            Optional<Integer> listening) {
        Optional<Integer> usable = listening.filter(it -> Doorway.isAt(it, address, port));
        listening.filter(it -> usable.isEmpty()).ifPresent(UnixSocket::closeDescriptor);
        Doorway doorway = new Doorway(usable);
        Visitors visitors = new Visitors();
        Doorkeeper doorkeeper = new Doorkeeper(doorway);
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)))
                .withTransport(doorkeeper)
                .build();
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(KeyCertOptions.wrap(tls.keyManager()))
                .setTrustOptions(TrustOptions.wrap(tls.trustManager(identity -> true)))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setHost(address)
                .setPort(port);
        ConnectionCap cap = new ConnectionCap(MOST_CONNECTIONS);
        RequestDeadline deadline = new RequestDeadline(vertx, Duration.ofSeconds(IDLE_SECONDS));
        try {
            HttpServer server = await(vertx.createHttpServer(options)
                    .requestHandler(visitors.counting(
                            new RestApi(vertx, contract, service, trail, tls.self(), deadline).router()))
                    .connectionHandler(connection -> {
                        doorkeeper.proved(connection);
                        deadline.opened(connection);
                        guard(tls, cap, deadline, visitors, connection);
                    })
                    .listen());
            doorkeeper.watch(server.actualPort());
            return new ApiServer(vertx, server, doorway, visitors);
        } catch (RuntimeException e) {
            vertx.close();
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot offer the interface at " + address + " port " + port + ": " + e.getMessage(),
                    "see who has the port with 'ss -lntp' and end it, or choose another with --api-port",
                    e);
        }
    }

    /** Closes the connection when its caller is believed no more, however long it would have stayed. */
    private static void guard(
            TlsContexts tls,
            ConnectionCap cap,
            RequestDeadline deadline,
            Visitors visitors,
            HttpConnection connection) {
        Guard guard = tls.guard(connection.sslSession(), connection::close);
        Runnable gone = cap.opened(connection);
        visitors.came(connection);
        connection.closeHandler(closed -> {
            visitors.left(connection);
            guard.close();
            gone.run();
            deadline.closed(connection);
        });
    }

    public int port() {
        return server.actualPort();
    }

    /** The socket at which it listens; who is given it lets in those who wait there. */
    public Optional<Integer> descriptor() {
        return doorway.descriptor();
    }

    /** Lets nobody in any more, answers what was asked, and ends all connections: who comes now waits at the socket. */
    public void quiet() {
        doorway.accept(false);
        long end = Ticker.system().nanoTime() + QUIET_PATIENCE.toNanos();
        visitors.askToLeave();
        while (visitors.present() && Ticker.system().nanoTime() - end < 0) {
            LockSupport.parkNanos(QUIET_POLL.toNanos());
        }
    }

    /** Lets in again, after {@link #quiet}. */
    public void resume() {
        visitors.welcome();
        doorway.accept(true);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause(), "what made it fail");
            throw new IllegalStateException(cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("nothing happened for " + START_SECONDS + " s", e);
        }
    }
}
