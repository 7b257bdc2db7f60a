package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.identity.Credentials;
import io.virtualwire.node.Node;
import io.virtualwire.node.NodeSettings;
import io.virtualwire.node.PeerNode;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wire node …}. */
@Command(name = "node", description = "A node of your fabric: runs switches, and votes on what is wanted.")
public final class NodeCommand {

    @Command(name = "run", description = "Run a node until it is told to end.")
    int run(
            @Option(names = "--name", required = true, description = "How topologies and migrations call it.")
                    String name,
            @Option(names = "--identity", required = true, paramLabel = "FILE", description = "Its credentials.")
                    Path identity,
            @Option(names = "--listen", required = true, paramLabel = "ADDRESS", description = "Its underlay address.")
                    String listen,
            @Option(
                            names = "--peers",
                            required = true,
                            paramLabel = "NAME=[IDENTITY@]ADDRESS[:PORT],…",
                            description =
                                    "All nodes, this one included, in the same order on each; new ones at the end.")
                    String peers,
            @Option(names = "--state", required = true, paramLabel = "DIR", description = "Where it keeps its log.")
                    Path state,
            @Option(names = "--wire-port", defaultValue = "7481", description = "Default: ${DEFAULT-VALUE}.")
                    int wirePort,
            @Option(names = "--api-port", defaultValue = "7482", description = "Default: ${DEFAULT-VALUE}.")
                    int apiPort,
            @Option(names = "--witness", description = "Only vote; run no components.") boolean witness)
            throws InterruptedException {
        // Before the hook: it waits for the node's end, and a refusal here has no node to end.
        NodeSettings settings = new NodeSettings(
                name, Credentials.load(identity), listen, wirePort, apiPort, PeerNode.parseAll(peers), state, witness);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            told.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (Node node = Node.start(settings)) {
            System.err.println("node " + name
                    + (witness
                            ? " votes"
                            : " is up: wires " + listen + ":" + node.wirePort() + ", interface " + listen + ":"
                                    + node.apiPort()));
            told.await();
        } finally {
            ended.countDown();
        }
        return ExitCode.OK;
    }
}
