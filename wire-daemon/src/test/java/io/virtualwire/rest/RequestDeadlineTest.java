package io.virtualwire.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class RequestDeadlineTest {
    private static final String REQUEST = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello";

    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        RequestDeadline deadline = new RequestDeadline(vertx, Duration.ofMillis(600));
        Router router = Router.router(vertx);
        router.route()
                .handler(deadline.begun())
                .handler(BodyHandler.create(false))
                .handler(deadline::read)
                .handler(context -> vertx.setTimer(1_200, late -> context.end("done")));
        server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                .requestHandler(router)
                .connectionHandler(connection -> {
                    deadline.opened(connection);
                    connection.closeHandler(closed -> deadline.closed(connection));
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Nothing, a header without end, a body without end. */
    @ParameterizedTest
    @ValueSource(strings = {"", "POST / HTTP/1.1\r\nx-", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n"})
    void whoDripsIsClosed(String beginning) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.actualPort())) {
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(50);
            int drops = 0;
            while (isOpen(socket) && (beginning.isEmpty() || drip(socket))) {
                drops++;
                assertThat(drops).as("50 ms each").isLessThan(400);
            }
        }
    }

    @Test
    void anAnswerMayTakeLongerAndTheNextRequestHasItsOwnTime() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.actualPort())) {
            for (int i = 0; i < 2; i++) {
                socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
                StringBuilder answer = new StringBuilder();
                while (!answer.toString().endsWith("done")) {
                    int next = socket.getInputStream().read();
                    assertThat(next).as("after '%s'", answer).isNotNegative();
                    answer.append((char) next);
                }
                assertThat(answer).startsWith("HTTP/1.1 200");
            }
            assertThat(socket.getInputStream().read()).as("its time is up").isNegative();
        }
    }

    private static boolean drip(Socket socket) {
        try {
            socket.getOutputStream().write('a');
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private static boolean isOpen(Socket socket) {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }
}
