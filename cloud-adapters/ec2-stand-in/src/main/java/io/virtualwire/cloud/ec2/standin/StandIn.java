package io.virtualwire.cloud.ec2.standin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** EC2's API for one account in one region, and what it costs there, on a loopback port of this process. */
public final class StandIn implements AutoCloseable {
    private static final String VERSION = "2016-11-15";
    private static final int LONGEST = 1 << 20;

    private final Reference reference = Reference.load();
    private final Faults faults = new Faults();
    private final Map<String, Function<Parameters, Consumer<Answer>>> actions = new LinkedHashMap<>();
    private final List<Request> log = new ArrayList<>();
    private final ExecutorService background = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("ec2-machines").daemon().factory());
    private final ExecutorService answering = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("ec2-answers").daemon().factory());
    private final Account account;
    private final InstanceBacking backing;
    private final Signature signature;
    private final Signature priceSignature;
    private final PriceActions prices;
    private final HttpServer server;

    /**
     * A request that was understood.
     *
     * @param accessKey who sent it
     */
    public record Request(String accessKey, String action, Map<String, String> parameters) {}

    private StandIn(StandInOptions options, InstanceBacking backing) throws IOException {
        this.backing = backing;
        Clock clock = Clock.systemUTC();
        account = new Account(options.publicPrefix(), faults);
        signature = new Signature(options.region(), "ec2", options.secrets(), clock);
        priceSignature = new Signature(PriceActions.REGION, PriceActions.SERVICE, options.secrets(), clock);
        prices = new PriceActions(options.region());
        Catalogue catalogue = new Catalogue(options.region());
        GroupActions groups = new GroupActions(account, this::networkChanged);
        KeyActions keys = new KeyActions(account);
        InstanceActions instances = new InstanceActions(
                account, clock, backing, background, this::networkChanged, new LaunchCheck(catalogue, groups, keys));
        AddressActions addresses = new AddressActions(account, instances, this::networkChanged);
        actions.put("RunInstances", instances::run);
        actions.put("DescribeInstances", instances::describe);
        actions.put("StartInstances", instances::start);
        actions.put("StopInstances", instances::stop);
        actions.put("TerminateInstances", instances::terminate);
        actions.put("GetConsoleOutput", instances::console);
        actions.put("DescribeInstanceTypes", catalogue::describeInstanceTypes);
        actions.put("DescribeInstanceTypeOfferings", catalogue::describeInstanceTypeOfferings);
        actions.put("DescribeVpcs", catalogue::describeVpcs);
        actions.put("DescribeSubnets", catalogue::describeSubnets);
        actions.put("DescribeImages", catalogue::describeImages);
        actions.put("CreateSecurityGroup", groups::create);
        actions.put("DescribeSecurityGroups", groups::describe);
        actions.put("AuthorizeSecurityGroupIngress", groups::authorize);
        actions.put("RevokeSecurityGroupIngress", groups::revoke);
        actions.put("DeleteSecurityGroup", groups::delete);
        actions.put("ImportKeyPair", keys::importKey);
        actions.put("DescribeKeyPairs", keys::describe);
        actions.put("DeleteKeyPair", keys::delete);
        actions.put("DescribeVolumes", addresses::describeVolumes);
        actions.put("DescribeAddresses", addresses::describe);
        actions.put("AllocateAddress", addresses::allocate);
        actions.put("AssociateAddress", addresses::associate);
        actions.put("ReleaseAddress", addresses::release);
        if (!actions.keySet().equals(reference.actions())) {
            throw new IllegalStateException("actions.txt does not list what is there");
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 0);
        server.setExecutor(answering);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Starts to answer; closes the backing when it is closed. */
    public static StandIn open(StandInOptions options, InstanceBacking backing) {
        try {
            return new StandIn(options, backing);
        } catch (IOException e) {
            backing.close();
            throw new UncheckedIOException("cannot listen on loopback port " + options.port(), e);
        }
    }

    /** Where it answers. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What goes wrong on purpose. */
    public Faults faults() {
        return faults;
    }

    /** The requests that were understood, refused ones included, in their order. */
    public List<Request> requests() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /** What exists and was made by somebody: ids of instances that are not terminated, groups, keys, volumes, addresses. */
    public List<String> inventory() {
        synchronized (account) {
            List<String> ids = new ArrayList<>();
            account.instances().values().stream()
                    .filter(instance -> instance.state != Instance.State.TERMINATED)
                    .forEach(instance -> ids.add(instance.id()));
            ids.addAll(account.groups().keySet());
            ids.addAll(account.keys().keySet());
            ids.addAll(account.volumes().keySet());
            ids.addAll(account.addresses().keySet());
            return ids;
        }
    }

    private void networkChanged() {
        backing.network(account.network());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String requestId = UUID.randomUUID().toString();
            boolean aboutPrices =
                    PriceActions.TARGET.equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
            int status = 200;
            String text;
            try {
                Optional<String> answer = aboutPrices ? Optional.of(price(exchange)) : act(exchange, requestId);
                if (answer.isEmpty()) {
                    return; // closed without an answer
                }
                text = answer.get();
            } catch (ApiError e) {
                status = e.status();
                text = aboutPrices ? prices.refusal(e) : Answer.of(e, requestId);
            } catch (RuntimeException e) {
                status = 500;
                text = Answer.of(new ApiError(500, "InternalError", "The stand-in failed: " + e), requestId);
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set("Content-Type", aboutPrices ? "application/x-amz-json-1.1" : "text/xml;charset=UTF-8");
            exchange.getResponseHeaders().set("x-amzn-RequestId", requestId);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private String price(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST);
        String accessKey = priceSignature.check(
                exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), headers(exchange), body);
        synchronized (log) {
            log.add(new Request(accessKey, "GetProducts", Map.of()));
        }
        Optional<Faults.Refusal> fault = faults.of("GetProducts");
        if (fault.isPresent()) {
            throw fault.get().error();
        }
        return prices.answer(body);
    }

    private Optional<String> act(HttpExchange exchange, String requestId) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST);
        String accessKey = signature.check(
                exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), headers(exchange), body);
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (!exchange.getRequestMethod().equals("POST")
                || type == null
                || !type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            throw ApiError.of("InvalidRequest", "The stand-in takes forms that are posted");
        }
        Parameters parameters = Parameters.parse(new String(body, StandardCharsets.UTF_8));
        String name = parameters.take("Action");
        String version = parameters.take("Version");
        if (!version.equals(VERSION)) {
            throw ApiError.of("NoSuchVersion", "The requested version '" + version + "' is not " + VERSION);
        }
        Reference.Action action = reference.find(name);
        synchronized (log) {
            log.add(new Request(accessKey, name, parameters.values()));
        }
        Optional<Faults.Refusal> fault = faults.of(name);
        if (fault.isPresent() && fault.get().status() != 0) {
            throw fault.get().error();
        }
        parameters.check(action);
        synchronized (account) {
            if (parameters.flag("DryRun")) {
                throw new ApiError(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
            }
            String text = Answer.of(name, requestId, found(name).apply(parameters));
            return fault.isPresent() ? Optional.empty() : Optional.of(text);
        }
    }

    private Function<Parameters, Consumer<Answer>> found(String name) {
        Function<Parameters, Consumer<Answer>> action = actions.get(name);
        if (action == null) {
            throw new IllegalStateException("no action " + name);
        }
        return action;
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
        return headers;
    }

    @Override
    public void close() {
        server.stop(0);
        answering.shutdownNow();
        background.shutdown();
        try {
            if (!background.awaitTermination(30, TimeUnit.SECONDS)) {
                background.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        backing.close();
    }
}
