package io.virtualwire.connector;

import io.virtualwire.identity.Credentials;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A connector as a process of its own: {@code CREDENTIALS LISTEN STATE [CONFIG]}. */
final class ConnectorProcess {
    private ConnectorProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        ConnectorFile file = arguments.length > 3 ? ConnectorFile.read(Path.of(arguments[3])) : ConnectorFile.empty();
        Connector connector = Connector.start(new ConnectorConfig(
                Credentials.load(Path.of(arguments[0])),
                arguments[1],
                ConnectorConfig.DEFAULT_PORT,
                ConnectorConfig.DEFAULT_API_PORT,
                Path.of(arguments[2]),
                false,
                List.copyOf(file.grants()),
                "test"));
        System.out.println("ready " + connector.identity());
        new CountDownLatch(1).await();
    }
}
