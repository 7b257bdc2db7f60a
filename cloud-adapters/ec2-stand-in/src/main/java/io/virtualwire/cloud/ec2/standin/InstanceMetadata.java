package io.virtualwire.cloud.ec2.standin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.virtualwire.cloud.ec2.standin.InstanceBacking.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an instance is told of itself at 169.254.169.254, in version 2 of that service alone, which is what hosts are launched with: a token is
 * asked for by PUT, and shown with everything else.
 *
 * <p>Who asks is known by the address that the network translates it to.
 */
final class InstanceMetadata implements AutoCloseable {
    private static final String TOKEN = "X-aws-ec2-metadata-token";
    private static final String LIFE = "X-aws-ec2-metadata-token-ttl-seconds";
    private static final int LONGEST_LIFE = 21_600;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final HttpServer server;
    private final ExecutorService answering = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Token> tokens = new ConcurrentHashMap<>();
    private final Supplier<Collection<Machine>> present;

    private record Token(String machine, Instant until) {}

    /**
     * @param address where the network leads instances that ask
     * @param present the instances that there are now
     */
    InstanceMetadata(InetAddress address, Clock clock, Supplier<Collection<Machine>> present) {
        this.clock = clock;
        this.present = present;
        try {
            server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + address, e);
        }
        server.setExecutor(answering);
        server.createContext("/", this::answer);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private Optional<Machine> at(String address) {
        return present.get().stream()
                .filter(machine -> address.equals(machine.publicAddress()))
                .findFirst();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String from = exchange.getRemoteAddress().getAddress().getHostAddress();
            @Nullable Machine machine = at(from).orElse(null);
            String path = exchange.getRequestURI().getPath();
            if (machine == null) {
                say(exchange, 404, new byte[0]);
            } else if (exchange.getRequestMethod().equals("PUT")) {
                grant(exchange, machine, path);
            } else if (!exchange.getRequestMethod().equals("GET") || !shows(exchange, machine)) {
                say(exchange, 401, new byte[0]);
            } else {
                Optional<byte[]> found = find(machine, path);
                say(exchange, found.isPresent() ? 200 : 404, found.orElse(new byte[0]));
            }
        }
    }

    private void grant(HttpExchange exchange, Machine machine, String path) throws IOException {
        String life = exchange.getRequestHeaders().getFirst(LIFE);
        boolean right = life != null && life.matches("[1-9][0-9]{0,4}") && Integer.parseInt(life) <= LONGEST_LIFE;
        if (exchange.getRequestHeaders().containsKey("X-Forwarded-For")) {
            say(exchange, 403, new byte[0]);
        } else if (!path.equals("/latest/api/token")) {
            say(exchange, 404, new byte[0]);
        } else if (!right) {
            say(exchange, 400, new byte[0]);
        } else {
            byte[] bits = new byte[30];
            random.nextBytes(bits);
            String token = HexFormat.of().formatHex(bits);
            tokens.put(
                    token, new Token(machine.id(), clock.instant().plus(Duration.ofSeconds(Integer.parseInt(life)))));
            exchange.getResponseHeaders().set(LIFE, life);
            say(exchange, 200, token.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private boolean shows(HttpExchange exchange, Machine machine) {
        @Nullable String shown = exchange.getRequestHeaders().getFirst(TOKEN);
        Token token = shown == null ? null : tokens.get(shown);
        return token != null
                && token.machine().equals(machine.id())
                && clock.instant().isBefore(token.until());
    }

    private static void say(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /* Below the version, which is a date or the word latest. */
    private static Optional<byte[]> find(Machine machine, String path) {
        String[] parts = path.split("/", 3);
        if (parts.length < 3 || !parts[1].matches("latest|20[0-9]{2}-[0-9]{2}-[0-9]{2}")) {
            return Optional.empty();
        }
        if (parts[2].equals("user-data")) {
            return Optional.of(machine.userData()).filter(data -> data.length > 0);
        }
        Map<String, String> leaves = leaves(machine);
        String leaf = leaves.get(parts[2]);
        if (leaf != null) {
            return Optional.of(leaf.getBytes(StandardCharsets.UTF_8));
        }
        return listing(leaves, parts[2].isEmpty() || parts[2].endsWith("/") ? parts[2] : parts[2] + "/");
    }

    /* What is in a folder, one a line; a folder in it ends with a slash, and a key has its name behind its number. */
    private static Optional<byte[]> listing(Map<String, String> leaves, String folder) {
        if (folder.equals("meta-data/public-keys/")) {
            return leaves.containsKey(folder + "0/openssh-key")
                    ? Optional.of("0=virtualwire".getBytes(StandardCharsets.UTF_8))
                    : Optional.empty();
        }
        String names = leaves.keySet().stream()
                .filter(path -> path.startsWith(folder))
                .map(path -> path.substring(folder.length()))
                .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/') + 1) : rest)
                .distinct()
                .collect(Collectors.joining("\n"));
        return names.isEmpty() ? Optional.empty() : Optional.of(names.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> leaves(Machine machine) {
        String inside = machine.privateAddress();
        String name = "ip-" + inside.replace('.', '-');
        String mac = GuestMachines.mac(inside);
        String face = "meta-data/network/interfaces/macs/" + mac + "/";
        Map<String, String> leaves = new TreeMap<>(Map.of(
                "meta-data/instance-id",
                machine.id(),
                "meta-data/hostname",
                name,
                "meta-data/local-hostname",
                name,
                "meta-data/local-ipv4",
                inside,
                "meta-data/mac",
                mac,
                face + "device-number",
                "0",
                face + "local-ipv4s",
                inside,
                face + "mac",
                mac,
                face + "subnet-ipv4-cidr-block",
                VpcNetwork.VPC));
        Map<String, String> given = new LinkedHashMap<>();
        given.put(
                "dynamic/instance-identity/document",
                "{\"accountId\": \"" + Account.OWNER + "\", \"instanceId\": \"" + machine.id() + "\", \"privateIp\": \""
                        + inside + "\", \"version\": \"2017-09-30\"}");
        if (machine.publicAddress() != null) {
            given.put("meta-data/public-ipv4", machine.publicAddress());
        }
        if (!machine.publicKey().isEmpty()) {
            given.put("meta-data/public-keys/0/openssh-key", machine.publicKey());
        }
        leaves.putAll(given);
        return leaves;
    }

    @Override
    public void close() {
        server.stop(0);
        answering.shutdownNow();
    }
}
