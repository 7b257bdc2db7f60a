package io.virtualwire.connector;

import io.virtualwire.connector.succession.Stage;
import io.virtualwire.identity.Credentials;
import io.virtualwire.linux.DescriptorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A connector as a process of its own: {@code CREDENTIALS LISTEN STATE [CONFIG [start|take-over [STAGE [GATE]]]]}. At that
 * stage of a succession it says so and stops, to be killed there, or until there is a file GATE.
 */
final class ConnectorProcess {
    private static final long PAUSE_NANOS = 1_000_000L;

    private ConnectorProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        ConnectorFile file = arguments.length > 3 ? ConnectorFile.read(Path.of(arguments[3])) : ConnectorFile.empty();
        ConnectorConfig config = new ConnectorConfig(
                Credentials.load(Path.of(arguments[0])),
                arguments[1],
                ConnectorConfig.DEFAULT_PORT,
                ConnectorConfig.DEFAULT_API_PORT,
                Integer.getInteger("wire.threads", ConnectorConfig.DEFAULT_THREADS),
                Path.of(arguments[2]),
                false,
                file.kernelWires().orElse(false),
                List.copyOf(file.grants()),
                "test");
        boolean takeOver = arguments.length > 4 && arguments[4].equals("take-over");
        String stop = arguments.length > 5 ? arguments[5] : "";
        Optional<Path> gate = arguments.length > 6 ? Optional.of(Path.of(arguments[6])) : Optional.empty();
        Connector connector = takeOver
                ? Connector.takeOver(config, DescriptorStore.none(), stage -> reached(stage, stop, gate))
                : Connector.start(config, DescriptorStore.none(), stage -> reached(stage, stop, gate));
        System.out.println("ready " + connector.identity());
        OptionalLong successor = connector.awaitEnd();
        System.out.println("replaced by " + successor.orElse(0));
    }

    private static void reached(Stage stage, String stop, Optional<Path> gate) {
        System.out.println(System.nanoTime() / 1_000_000 + " reached " + stage);
        if (stage.name().equals(stop)) {
            System.out.println("stopped at " + stage);
            while (gate.filter(Files::exists).isEmpty()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
