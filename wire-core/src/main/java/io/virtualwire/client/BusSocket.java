package io.virtualwire.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a node's event bus: the Vert.x bridge's frames, JSON texts on a WebSocket.
 *
 * <pre>
 *   ▶ {"type":"send","address":…,"body":…,"replyAddress":R}     ◀ {"type":"rec","address":R,"body":…}
 *                                                               ◀ {"type":"err","address":R,"message":…}
 *   ▶ {"type":"register","address":A}                           ◀ {"type":"rec","address":A,"body":…} …
 *   ▶ {"type":"ping"}
 * </pre>
 */
final class BusSocket implements WebSocket.Listener, AutoCloseable {
    private final HostAddress address;
    private final Consumer<JsonNode> news;
    private final Runnable lost;
    private final JsonMapper json = ApiJson.lenient();
    private final Map<String, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<WebSocket> socket;
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    private volatile boolean over;

    /**
     * @param news what is published at registered addresses
     * @param lost run once when the connection is no more
     */
    BusSocket(HttpClient http, HostAddress address, Consumer<JsonNode> news, Runnable lost) {
        this.address = address;
        this.news = news;
        this.lost = lost;
        socket = http.newWebSocketBuilder()
                .connectTimeout(Patience.DEFAULT.connect())
                .buildAsync(URI.create("wss://" + address.authority() + "/v1/bus/websocket"), this);
        socket.exceptionally(failure -> {
            end(failure);
            return null;
        });
        Thread.ofVirtual().name("bus-absence-" + address).start(this::giveUpIfAbsent);
    }

    private void giveUpIfAbsent() {
        try {
            Patience.DEFAULT.absence(socket, address).ifPresent(absent -> {
                end(absent);
                socket.cancel(true);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks; fails with the node's refusal, or {@code UNAVAILABLE} when the connection ends before the answer. */
    CompletableFuture<JsonNode> request(String to, Object body, Duration patience) {
        String reply = UUID.randomUUID().toString();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        open.put(reply, answer);
        ObjectNode frame = frame("send").put("address", to).put("replyAddress", reply);
        frame.set("body", json.valueToTree(body));
        send(frame);
        if (over) {
            end(null);
        }
        return answer.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> open.remove(reply));
    }

    void register(String at) {
        send(frame("register").put("address", at));
    }

    void ping() {
        send(frame("ping"));
    }

    boolean isOver() {
        return over;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        from.request(1);
        if (last) {
            String whole = text.toString();
            text.setLength(0);
            received(whole);
        }
        return CompletableFuture.completedFuture(null);
    }

    /* What comes over the bridge as bytes is text all the same. */
    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        bytes.writeBytes(part);
        from.request(1);
        if (last) {
            String whole = bytes.toString(StandardCharsets.UTF_8);
            bytes.reset();
            received(whole);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        end(null);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        end(error);
    }

    @Override
    public void close() {
        over = true;
        socket.thenAccept(WebSocket::abort);
        end(null);
    }

    private void received(String frame) {
        JsonNode read;
        try {
            read = json.readTree(frame);
        } catch (JsonProcessingException e) {
            end(e);
            return;
        }
        boolean failed = read.path("type").asText().equals("err");
        if (failed && read.path("address").isMissingNode()) {
            // The bridge does not say what it let not pass; we ask for nothing that it would not.
            WireException denied = new WireException(
                    ErrorCode.FORBIDDEN,
                    "the node at " + address + " does not let that pass: "
                            + read.path("body").asText(),
                    "see docs/event-bus.md for the addresses there are");
            open.values().forEach(waiting -> waiting.completeExceptionally(denied));
            return;
        }
        CompletableFuture<JsonNode> asked = open.get(read.path("address").asText());
        if (asked == null) {
            if (!failed) {
                news.accept(read.path("body"));
            }
        } else if (failed) {
            asked.completeExceptionally(refusal(read.path("message").asText()));
        } else {
            asked.complete(read.path("body"));
        }
    }

    private WireException refusal(String message) {
        try {
            return json.readValue(message, ErrorBody.class).exception();
        } catch (JsonProcessingException e) {
            return new WireException(
                    ErrorCode.UNAVAILABLE,
                    "the node at " + address + " has nobody who answers that: " + message,
                    "check the address; run the same release at both ends",
                    e);
        }
    }

    private ObjectNode frame(String type) {
        return json.createObjectNode().put("type", type);
    }

    /* A WebSocket takes one message at a time. */
    private synchronized void send(ObjectNode frame) {
        String message = frame.toString();
        sent = sent.thenCombine(socket, (before, to) -> to)
                .thenCompose(to -> to.sendText(message, true))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        end(failure);
                    }
                });
    }

    private void end(@Nullable Throwable cause) {
        boolean first = !over;
        over = true;
        Throwable why = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        WireException failure = failure(why);
        open.values().forEach(waiting -> waiting.completeExceptionally(failure));
        if (first) {
            lost.run();
        }
    }

    private WireException failure(@Nullable Throwable why) {
        String what = "the connection to the node at " + address + " is lost";
        for (Throwable at = why; at != null; at = at.getCause()) {
            if (at instanceof SSLException) {
                return new WireException(
                        ErrorCode.UNAUTHENTICATED,
                        "cannot reach the node at " + address + ": one of the two does not trust the other: "
                                + at.getMessage(),
                        "use credentials of the fabric's own tenant",
                        at);
            }
        }
        String hint = "ask again, or another node";
        return why == null
                ? new WireException(ErrorCode.UNAVAILABLE, what, hint)
                : new WireException(ErrorCode.UNAVAILABLE, what + ": " + why.getMessage(), hint, why);
    }
}
