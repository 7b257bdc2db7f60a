package io.virtualwire.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.time.Ticker;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fabric's event bus as another JVM uses it: docs/event-bus.md over mutual TLS, at any of several nodes.
 *
 * <p>It is at one node at a time and changes to the next when that one is lost. What is asked meanwhile is asked again there,
 * under the same idempotency key, so nothing is done twice; what happened meanwhile is read there, so no event is missed. Needs
 * neither Vert.x nor Hazelcast. Safe for use by several threads; calls block.
 */
public final class FabricBus implements AutoCloseable {
    private static final String PREFIX = "virtualwire.v1.";
    private static final String EVENTS = PREFIX + "events";
    private static final Duration ANSWER = Duration.ofSeconds(12);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration PING_EVERY = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration LOOK_AT_LEAST_EVERY = Duration.ofSeconds(3);
    private static final int PAGE = 256;

    private final List<HostAddress> nodes;
    private final Ticker ticker;
    private final HttpClient http;
    private final JsonMapper json = ApiJson.lenient();
    /* Word for those who follow: an event, or that there may be some. */
    private final Map<Thread, LinkedBlockingQueue<FabricEvent>> followers = new ConcurrentHashMap<>();
    private final ScheduledExecutorService pings;
    private @Nullable BusSocket socket;
    private int next;
    private volatile boolean closed;

    /** @param nodes where nodes of the fabric offer their interface; one of them that answers is enough */
    public FabricBus(TlsContexts tls, List<HostAddress> nodes) {
        this(tls, nodes, Ticker.system());
    }

    FabricBus(TlsContexts tls, List<HostAddress> nodes, Ticker ticker) {
        if (nodes.isEmpty()) {
            throw new WireException(ErrorCode.BAD_REQUEST, "no node to ask", "name one at least");
        }
        this.nodes = List.copyOf(nodes);
        this.ticker = ticker;
        String tenant = tls.identity().tenant();
        http = HttpClient.newBuilder()
                .sslContext(RestCalls.context(tls, node -> node.tenant().equals(tenant)))
                .build();
        pings = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("bus-pings").factory());
        pings.scheduleWithFixedDelay(this::ping, PING_EVERY.toMillis(), PING_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Sends a message to an address and waits for the answer.
     *
     * @param operation the address without {@code virtualwire.v1.}
     * @param body what becomes a JSON object
     * @throws WireException the node's refusal; or UNAVAILABLE or TIMEOUT if no node answered in time
     */
    public JsonNode request(String operation, Map<String, ?> body) {
        long deadline = ticker.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return once(operation, body);
            } catch (WireException e) {
                boolean worthAnother = e.code() == ErrorCode.UNAVAILABLE || e.code() == ErrorCode.TIMEOUT;
                if (closed || !worthAnother || ticker.nanoTime() - deadline >= 0) {
                    throw e;
                }
                leave();
                pause();
            }
        }
    }

    /** The fabric's nodes and components, as the asked node sees them. */
    public NodeView fabric() {
        return read(request("fabric.show", Map.of()), new TypeReference<>() {});
    }

    /** The wires that are wanted, and how they do. */
    public List<WireView> wires() {
        return read(request("wires.list", Map.of()), new TypeReference<>() {});
    }

    /** A component, as its holder sees it. */
    public ComponentView component(String name) {
        return read(request("components.show", Map.of("name", name)), new TypeReference<>() {});
    }

    /**
     * Makes the network of a topology file the one that is wanted.
     *
     * @param expectedVersion the version that it replaces; empty for any
     */
    public AppliedTopology apply(String origin, String yaml, OptionalLong expectedVersion) {
        Map<String, Object> body = keyed();
        body.put("origin", origin);
        body.put("topology", yaml);
        expectedVersion.ifPresent(version -> body.put("expectedVersion", version));
        return read(request("topology.apply", body), new TypeReference<>() {});
    }

    /** Makes a switch without wires. */
    public AppliedTopology createSwitch(String name, String node) {
        Map<String, Object> body = keyed();
        body.put("name", name);
        body.put("node", node);
        return read(request("switches.create", body), new TypeReference<>() {});
    }

    /** Removes a switch and its wires. */
    public AppliedTopology removeSwitch(String name) {
        Map<String, Object> body = keyed();
        body.put("name", name);
        return read(request("switches.remove", body), new TypeReference<>() {});
    }

    /** Has a component move; events tell how it goes. Gives the generation that it has when it has moved. */
    public long migrate(String component, String to) {
        Map<String, Object> body = keyed();
        body.put("name", component);
        body.put("to", to);
        return request("components.migrate", body).path("generation").asLong();
    }

    /**
     * Tells every event after a number, in order and each once, until this is closed or the thread is interrupted.
     *
     * @param since the number of the last event that is known
     * @param events takes also {@link FabricEvent#GAP}, when events are lost to who was away for too long; may throw to end it
     */
    public void follow(long since, Consumer<FabricEvent> events) {
        LinkedBlockingQueue<FabricEvent> news = new LinkedBlockingQueue<>();
        followers.put(Thread.currentThread(), news);
        long told = since;
        try {
            while (!closed) {
                told = catchUp(told, events);
                FabricEvent event = news.poll(LOOK_AT_LEAST_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                while (event != null && event.sequence() <= told + 1) {
                    if (event.sequence() == told + 1) {
                        events.accept(event);
                        told++;
                    }
                    event = news.poll();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            followers.remove(Thread.currentThread());
        }
    }

    @Override
    public void close() {
        closed = true;
        pings.shutdownNow();
        leave();
        http.shutdownNow();
    }

    private long catchUp(long since, Consumer<FabricEvent> events) {
        long told = since;
        while (!closed) {
            JsonNode page = request("events.read", Map.of("since", told, "limit", PAGE));
            for (FabricEvent event : read(page.path("events"), new TypeReference<List<FabricEvent>>() {})) {
                events.accept(event);
                told = event.sequence();
            }
            if (told >= page.path("last").asLong()) {
                break;
            }
        }
        return told;
    }

    private JsonNode once(String operation, Map<String, ?> body) {
        try {
            return connected().request(PREFIX + operation, body, ANSWER).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WireException refused) {
                throw refused;
            }
            boolean late = e.getCause() instanceof TimeoutException;
            throw new WireException(
                    late ? ErrorCode.TIMEOUT : ErrorCode.UNAVAILABLE,
                    "no node answered " + operation + (late ? " in time" : ": " + e.getMessage()),
                    "see that a node runs at one of " + nodes,
                    e);
        }
    }

    private synchronized BusSocket connected() {
        BusSocket current = socket;
        if (closed) {
            throw new WireException(
                    ErrorCode.WRONG_STATE, "this connection to the fabric was closed", "make a new one");
        }
        if (current == null || current.isOver()) {
            current = new BusSocket(http, nodes.get(next++ % nodes.size()), this::heard, this::wake);
            current.register(EVENTS);
            socket = current;
        }
        return current;
    }

    private synchronized void leave() {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    private void heard(JsonNode body) {
        FabricEvent event = json.convertValue(body, FabricEvent.class);
        followers.values().forEach(news -> news.add(event));
    }

    /* Whoever follows looks what there is, at another node. */
    private void wake() {
        followers.values().forEach(news -> news.add(FabricEvent.alive(Long.MAX_VALUE)));
    }

    private synchronized void ping() {
        if (socket != null && !socket.isOver()) {
            socket.ping();
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "interrupted while asking the fabric", "ask again", e);
        }
    }

    private static Map<String, Object> keyed() {
        Map<String, Object> body = new HashMap<>();
        body.put("key", UUID.randomUUID().toString());
        return body;
    }

    private <T> T read(JsonNode answer, TypeReference<T> type) {
        return json.convertValue(answer, type);
    }
}
