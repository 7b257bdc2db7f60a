import io.virtualwire.client.FabricBus;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.HostAddress;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * Applies a topology, moves its switch to the west once its wire is up, and writes down all that happens meanwhile.
 *
 * <p>What it has written is all that it remembers: started again after whatever end, it goes on behind the last line.
 */
public final class Follower {
    private final FabricBus bus;
    private final Path story;
    private final String topology;

    private Follower(FabricBus bus, Path story, String topology) {
        this.bus = bus;
        this.story = story;
        this.topology = topology;
    }

    /** Arguments: credentials, the file to write to, the topology, and where nodes are. */
    public static void main(String[] arguments) throws IOException {
        List<HostAddress> nodes = Arrays.stream(arguments)
                .skip(3)
                .map(node -> HostAddress.parse(node, 7482))
                .toList();
        TlsContexts tls = new TlsContexts(Credentials.load(Path.of(arguments[0])));
        try (FabricBus bus = new FabricBus(tls, nodes)) {
            new Follower(bus, Path.of(arguments[1]), Files.readString(Path.of(arguments[2]))).run();
        }
    }

    private void run() throws IOException {
        List<String> told = Files.exists(story) ? Files.readAllLines(story) : List.of();
        long last = told.isEmpty() ? 0 : Long.parseLong(told.getLast().split(" ")[0]);
        // The keys make repetitions harmless: whoever was killed does not know what the fabric has heard of it.
        bus.request("topology.apply", Map.of("topology", topology, "origin", "topology.yaml", "key", "example-apply"));
        try (var aside = Executors.newVirtualThreadPerTaskExecutor()) {
            bus.follow(last, event -> {
                write(event);
                if (event.type().equals("wire.up")) {
                    aside.execute(() -> bus.request(
                            "components.migrate", Map.of("name", "lan", "to", "west", "key", "example-move")));
                }
            });
        }
    }

    private void write(FabricEvent event) {
        String subject = String.join(" ", event.component(), event.wire()).strip();
        String where = event.from().isEmpty() ? event.node() : event.from() + " -> " + event.node();
        String line = String.join(" ", Long.toString(event.sequence()), event.type(), subject, where)
                .replaceAll(" +", " ")
                .strip();
        try {
            Files.writeString(story, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println(line);
    }
}
