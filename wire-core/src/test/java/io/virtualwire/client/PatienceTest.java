package io.virtualwire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has not shaken hands yet may only be busy; who takes no connection is away. */
@Timeout(60)
final class PatienceTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final TlsContexts SERVER = new TlsContexts(ACME.issue("server"));
    private static final TlsContexts ME = new TlsContexts(ACME.issue("me"));
    /** A host that is away is known after 0.4 s; one that is there has a minute. */
    private static final Patience PATIENCE =
            new Patience(Duration.ofMillis(100), Duration.ofMillis(400), Duration.ofSeconds(50));

    @Test
    void aHostThatIsSlowToShakeHandsIsWaitedFor() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RestCalls calls = calls(server.getLocalPort(), PATIENCE)) {
            Thread.ofVirtual().start(() -> serve(server, busy));
            // Only when the other connection has been seen, which tells that the host is there.
            assertThat(calls.get("/v1/x", new TypeReference<Map<String, Integer>>() {}))
                    .containsEntry("x", 1);
        } finally {
            busy.countDown();
        }
    }

    @Test
    void aHostThatTakesNoConnectionIsAway() throws Exception {
        List<Socket> others = new ArrayList<>();
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            // With its queue full the kernel passes over who knocks, as a host that is away would.
            for (int i = 0; i < 4; i++) {
                Socket other = new Socket();
                others.add(other);
                try {
                    other.connect(server.getLocalSocketAddress(), 100);
                } catch (IOException full) {
                    break;
                }
            }
            long began = System.nanoTime();
            try (RestCalls calls = calls(server.getLocalPort(), PATIENCE)) {
                assertThatThrownBy(() -> calls.get("/v1/x", new TypeReference<Map<String, Integer>>() {}))
                        .isInstanceOfSatisfying(WireException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                            assertThat(e.getMessage()).contains("no answer");
                        });
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.tls());
        } finally {
            for (Socket other : others) {
                other.close();
            }
        }
    }

    @Test
    void aHostThatNeverShakesHandsIsGivenUp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RestCalls calls = calls(
                        server.getLocalPort(),
                        new Patience(Duration.ofMillis(100), Duration.ofMillis(400), Duration.ofMillis(500)))) {
            assertThatThrownBy(() -> calls.get("/v1/x", new TypeReference<Map<String, Integer>>() {}))
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }

    @Test
    void whoHangsUpWithoutAWordIsAskedOnceMore() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RestCalls calls = calls(server.getLocalPort(), PATIENCE)) {
            Thread.ofVirtual().start(() -> {
                hangUpUntilNothingIsAsked(server);
                serveAll(server, PatienceTest::answer);
            });
            assertThat(calls.get("/v1/x", new TypeReference<Map<String, Integer>>() {}))
                    .containsEntry("x", 1);
        }
    }

    /** The refusal is lost in one of some ten requests if it is heard only beside them. */
    @Test
    void whoRefusesIsHeardWhateverIsAsked() throws Exception {
        TypeReference<Map<String, Integer>> any = new TypeReference<>() {};
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serveAll(server, PatienceTest::refuse));
            for (int i = 0; i < 30; i++) {
                try (RestCalls calls = calls(server.getLocalPort(), PATIENCE)) {
                    assertRefused(() -> calls.get("/v1/x", any));
                    assertRefused(() -> calls.post("/v1/x", any));
                }
            }
        }
    }

    /** As one does that is too busy to shake hands within its own limit. */
    @Test
    void whoIsCutOffEachTimeIsNotTakenForDistrusted() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RestCalls calls = calls(server.getLocalPort(), PATIENCE)) {
            Thread.ofVirtual().start(() -> serveAll(server, PatienceTest::reset));
            assertThatThrownBy(() -> calls.get("/v1/x", new TypeReference<Map<String, Integer>>() {}))
                    .isInstanceOfSatisfying(
                            WireException.class,
                            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }

    private static void reset(Socket connection) {
        try (connection) {
            int unused = connection.getInputStream().read();
            connection.setSoLinger(true, 0);
        } catch (IOException gone) {
            assertThat(gone).isNotNull();
        }
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    private static void serveAll(ServerSocket server, Consumer<Socket> connections) {
        try {
            while (true) {
                connections.accept(server.accept());
            }
        } catch (IOException closed) {
            assertThat(server.isClosed()).isTrue();
        }
    }

    private static void refuse(Socket connection) {
        try (SSLSocket tls = SERVER.serverSocket(connection, peer -> false)) {
            tls.startHandshake();
        } catch (IOException refused) {
            assertThat(refused).isNotNull();
        }
    }

    /** Ends each connection at the first byte of a request; returns when somebody shook hands and had nothing to ask. */
    private static void hangUpUntilNothingIsAsked(ServerSocket server) {
        int asked = 0;
        while (asked >= 0) {
            try (SSLSocket tls = SERVER.serverSocket(accept(server), peer -> true)) {
                asked = tls.getInputStream().read();
            } catch (IOException onlyLooked) {
                assertThat(onlyLooked).isNotNull();
            }
        }
    }

    private static Socket accept(ServerSocket server) {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RestCalls calls(int port, Patience patience) {
        return new RestCalls("server", ME, new HostAddress("127.0.0.1", port), Optional.empty(), patience);
    }

    /** Two connections come, one of which only looks; both are served long after a host that is away would have been given up. */
    private static void serve(ServerSocket server, CountDownLatch busy) {
        try (Socket one = server.accept();
                Socket other = server.accept()) {
            boolean unused = busy.await(PATIENCE.tcp().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
            for (Socket connection : List.of(one, other)) {
                Thread.ofVirtual().start(() -> answer(connection));
            }
            busy.await();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(Socket connection) {
        try (SSLSocket tls = SERVER.serverSocket(connection, peer -> true)) {
            StringBuilder request = new StringBuilder();
            while (request.indexOf("\r\n\r\n") < 0) {
                request.append((char) tls.getInputStream().read());
            }
            tls.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{\"x\":1}".getBytes(StandardCharsets.US_ASCII));
            tls.getOutputStream().flush();
        } catch (IOException onlyLooked) {
            // That one says nothing.
            assertThat(onlyLooked).isNotNull();
        }
    }
}
