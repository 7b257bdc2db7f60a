package io.virtualwire.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Guard;
import io.virtualwire.identity.Standing;
import io.virtualwire.identity.TlsContexts;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** JSON over HTTPS with mutual TLS 1.3, every failure told as a {@link WireException}. */
final class RestCalls implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final int ENOUGH_CAUSES = 16;

    private final String daemon;
    private final HostAddress address;
    private final Supplier<SSLContext> contexts;
    private final Optional<TlsContexts> tls;
    private final Patience patience;
    private volatile HttpClient http;
    private volatile @Nullable HttpClient reached;
    private @Nullable X509Certificate guarded;
    private @Nullable Standing standing;
    private @Nullable Guard guard;
    private volatile @Nullable Identity server;

    /** @param daemon what is asked, as in {@code wire DAEMON run} */
    RestCalls(String daemon, TlsContexts tls, HostAddress address, Optional<Identity> expected) {
        this(daemon, tls, address, expected, Patience.DEFAULT);
    }

    /** @param patience how long to wait for a connection */
    RestCalls(String daemon, TlsContexts tls, HostAddress address, Optional<Identity> expected, Patience patience) {
        this(daemon, address, () -> context(tls, expected), Optional.of(tls), patience);
    }

    /** For somebody who has no credentials yet. */
    RestCalls(String daemon, SSLContext stranger, HostAddress address) {
        this(daemon, address, () -> stranger, Optional.empty(), Patience.DEFAULT);
    }

    private RestCalls(
            String daemon,
            HostAddress address,
            Supplier<SSLContext> contexts,
            Optional<TlsContexts> tls,
            Patience patience) {
        this.daemon = daemon;
        this.address = address;
        this.contexts = contexts;
        this.tls = tls;
        this.patience = patience;
        this.http = client();
    }

    private HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.connect())
                .sslContext(contexts.get())
                .sslParameters(TlsContexts.parameters())
                .build();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Optional<Identity> server() {
        return Optional.ofNullable(server);
    }

    HostAddress address() {
        return address;
    }

    <T> T get(String path, TypeReference<T> type) {
        return read(send(request(path).GET()), type);
    }

    /** Asks for a list and reads it without a mapper, for the sake of short commands. */
    <T> List<T> list(String path, Reading<T> each) {
        byte[] body = send(request(path).GET());
        try {
            List<T> list = new ArrayList<>();
            for (JsonObject one : JsonObject.readList(body)) {
                list.add(each.read(one));
            }
            return list;
        } catch (IOException | WireException e) {
            throw misunderstood(e);
        }
    }

    /** Makes something of what was answered. */
    interface Reading<T> {
        T read(JsonObject json) throws IOException;
    }

    /** Asks for something that may take this long. */
    <T> T get(String path, TypeReference<T> type, Duration patience) {
        return read(send(request(path).GET().timeout(patience)), type);
    }

    <T> T put(String path, Object body, TypeReference<T> type) {
        HttpRequest.Builder request = request(path).header("content-type", "application/json");
        return read(send(request.PUT(BodyPublishers.ofByteArray(write(body)))), type);
    }

    <T> T put(String path, String contentType, String body, TypeReference<T> type) {
        return read(send(request(path).header("content-type", contentType).PUT(BodyPublishers.ofString(body))), type);
    }

    <T> T post(String path, Object body, TypeReference<T> type) {
        HttpRequest.Builder request = request(path).header("content-type", "application/json");
        return read(send(request.POST(BodyPublishers.ofByteArray(write(body)))), type);
    }

    <T> T post(String path, TypeReference<T> type) {
        return read(send(request(path).POST(BodyPublishers.noBody())), type);
    }

    <T> T post(String path, String contentType, String body, TypeReference<T> type) {
        return read(send(request(path).header("content-type", contentType).POST(BodyPublishers.ofString(body))), type);
    }

    /** A request whose answer is one JSON object a line, each taken as it comes; there is no limit on the time of all. */
    <T> void postForLines(String path, Class<T> type, Consumer<T> lines) {
        lines(endless(path).POST(BodyPublishers.noBody()).build(), type, lines);
    }

    /** The same, of something that is only looked at. */
    <T> void getForLines(String path, Class<T> type, Consumer<T> lines) {
        lines(endless(path).GET().build(), type, lines);
    }

    private HttpRequest.Builder endless(String path) {
        return HttpRequest.newBuilder(URI.create("https://" + address.authority() + path));
    }

    private <T> void lines(HttpRequest request, Class<T> type, Consumer<T> lines) {
        try {
            HttpResponse<Stream<String>> response = exchange(request, BodyHandlers.ofLines());
            try (Stream<String> body = response.body()) {
                if (response.statusCode() / 100 != 2) {
                    throw refusal(request, response.statusCode(), body.collect(Collectors.joining()));
                }
                for (String line : (Iterable<String>) body::iterator) {
                    lines.accept(ApiJson.lenient().readValue(line, type));
                }
            }
        } catch (UncheckedIOException e) {
            throw failure(request, new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw failure(request, e);
        }
    }

    void delete(String path) {
        send(request(path).DELETE());
    }

    <T> T deleteFor(String path, TypeReference<T> type) {
        return read(send(request(path).DELETE()), type);
    }

    @Override
    public synchronized void close() {
        forget();
        http.shutdownNow();
    }

    /** Cuts the connections when the one who answers on them is believed no more; the next call shakes hands anew. */
    private synchronized void watch(SSLSession session) {
        X509Certificate shown = TlsContexts.shown(session).orElse(null);
        if (tls.isEmpty() || shown == null || shown.equals(guarded)) {
            return;
        }
        forget();
        guarded = shown;
        standing = tls.get().standing(session);
        guard = tls.get().guard(session, () -> startOver().shutdownNow());
    }

    /** Shakes hands anew while the old certificates still hold, if newer ones there are: then nothing has to be cut. */
    private synchronized void keepFresh() {
        if (standing != null && standing.isFollowingDue(true, tls.orElseThrow().now())) {
            // Ends when the calls that are under way have ended.
            startOver().shutdown();
        }
    }

    private synchronized HttpClient startOver() {
        HttpClient former = http;
        forget();
        http = client();
        return former;
    }

    private synchronized void forget() {
        guarded = null;
        standing = null;
        if (guard != null) {
            guard.close();
        }
        guard = null;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://" + address.authority() + path))
                .timeout(ANSWER_TIMEOUT)
                .header("accept", "application/json");
    }

    private byte[] send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<byte[]> response = exchange(request, BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 == 2) {
                return response.body();
            }
            throw refusal(request, response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(request, e);
        }
    }

    private <B> HttpResponse<B> exchange(HttpRequest request, BodyHandler<B> handler) throws IOException {
        keepFresh();
        HttpClient client = http;
        try {
            HttpResponse<B> response =
                    client == reached ? client.send(request, handler) : sendFirst(client, request, handler);
            reached = client;
            response.sslSession().ifPresent(session -> {
                server = TlsContexts.peer(session);
                watch(session);
            });
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.TIMEOUT,
                    "interrupted while asking the " + daemon + " at " + address,
                    "repeat the command",
                    e);
        }
    }

    /**
     * The first request of a client makes a connection. If that ends without a word, the server may have refused us in words that were
     * lost: it is heard again. If it has nothing against us, the same is asked once more.
     */
    private <B> HttpResponse<B> sendFirst(HttpClient client, HttpRequest request, BodyHandler<B> handler)
            throws IOException, InterruptedException {
        try {
            return sendOnce(client, request, handler);
        } catch (IOException e) {
            if (!endedWithoutAWord(e)) {
                throw e;
            }
            SSLException objection = new SilentHandshake(client.sslContext(), address).objection(patience);
            if (objection != null) {
                throw objection;
            }
            if (request.method().equals("POST")) {
                throw e;
            }
            return sendOnce(client, request, handler);
        }
    }

    private static boolean endedWithoutAWord(IOException e) {
        return wasReset(e)
                || has(e, cause -> cause instanceof EOFException || cause instanceof SocketException)
                        && !has(e, cause -> cause instanceof ConnectException || cause instanceof SSLException);
    }

    /* In the middle of a handshake it is told as a trouble of TLS. */
    private static boolean wasReset(IOException e) {
        Throwable first = deepest(e);
        return first instanceof SocketException && !(first instanceof ConnectException);
    }

    /** What the connection may take comes on top of what the answer may. */
    private <B> HttpResponse<B> sendOnce(HttpClient client, HttpRequest request, BodyHandler<B> handler)
            throws IOException, InterruptedException {
        HttpRequest.Builder longer = HttpRequest.newBuilder(request, (name, value) -> true);
        request.timeout().ifPresent(answer -> longer.timeout(answer.plus(patience.connect())));
        CompletableFuture<HttpResponse<B>> sent = client.sendAsync(longer.build(), handler);
        try {
            Optional<IOException> absent = patience.absence(sent, address);
            if (absent.isPresent()) {
                throw absent.get();
            }
            return sent.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
        } finally {
            sent.cancel(true);
        }
    }

    private WireException refusal(HttpRequest request, int status, String body) {
        try {
            return ApiJson.lenient().readValue(body, ErrorBody.class).exception();
        } catch (IOException e) {
            return new WireException(
                    ErrorCode.INTERNAL,
                    request.method() + " " + request.uri() + " was answered with status " + status + " and no reason",
                    "check that a " + daemon + " listens there, and no other program",
                    e);
        }
    }

    private WireException failure(HttpRequest request, IOException e) {
        String who = "the " + daemon + " at " + address;
        String attempt = "cannot reach " + who + ": ";
        if (has(e, UnresolvedAddressException.class::isInstance)) {
            return new WireException(
                    ErrorCode.UNAVAILABLE,
                    attempt + "no such host",
                    "check the name, or tell its address with 'wire host add " + address.host() + " ADDRESS'",
                    e);
        }
        if (e instanceof HttpConnectTimeoutException || e instanceof ConnectException) {
            return new WireException(
                    ErrorCode.UNAVAILABLE,
                    attempt + (e instanceof ConnectException ? "nobody listens there" : "no answer"),
                    "start 'wire " + daemon + " run' on that host, and let TCP port " + address.port() + " through",
                    e);
        }
        if (e instanceof HttpTimeoutException) {
            return new WireException(
                    ErrorCode.TIMEOUT,
                    who + " did not answer " + request.method() + " "
                            + request.uri().getPath() + " in time",
                    "repeat the command",
                    e);
        }
        if (!wasReset(e)
                && (has(e, SSLException.class::isInstance) || has(e, GeneralSecurityException.class::isInstance))) {
            return new WireException(
                    ErrorCode.UNAUTHENTICATED,
                    attempt + "one of the two does not trust the other: "
                            + deepest(e).getMessage(),
                    "use credentials of the same tenant at both ends (wire init once, wire identity issue for others)",
                    e);
        }
        return new WireException(
                ErrorCode.UNAVAILABLE,
                attempt + e.getMessage(),
                "repeat the command; see what the " + daemon + " logged",
                e);
    }

    private static boolean has(Throwable e, Predicate<Throwable> test) {
        Throwable at = e;
        for (int i = 0; at != null && i < ENOUGH_CAUSES; i++) {
            if (test.test(at)) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    private static Throwable deepest(Throwable e) {
        Throwable at = e;
        for (int i = 0; at.getCause() != null && i < ENOUGH_CAUSES; i++) {
            at = at.getCause();
        }
        return at;
    }

    private byte[] write(Object body) {
        try {
            return ApiJson.lenient().writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write " + body + " as JSON", "", e);
        }
    }

    private <T> T read(byte[] body, TypeReference<T> type) {
        try {
            return ApiJson.lenient().readValue(body, type);
        } catch (IOException e) {
            throw misunderstood(e);
        }
    }

    private WireException misunderstood(Exception e) {
        return new WireException(
                ErrorCode.INTERNAL,
                "cannot understand what " + address + " answered: " + e.getMessage(),
                "run the same release at both ends",
                e);
    }

    private static SSLContext context(TlsContexts tls, Optional<Identity> expected) {
        return context(tls, identity -> expected.map(identity::equals).orElse(true));
    }

    static SSLContext context(TlsContexts tls, Predicate<Identity> accepted) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            TrustManager trust = new IdentityTrust(tls.trustManager(accepted));
            context.init(new KeyManager[] {tls.keyManager()}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot make a TLS 1.3 context: " + e.getMessage(), "", e);
        }
    }
}
