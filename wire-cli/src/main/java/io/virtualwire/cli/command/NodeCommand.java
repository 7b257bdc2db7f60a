package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.WireHome;
import io.virtualwire.node.Node;
import io.virtualwire.node.NodeSettings;
import io.virtualwire.node.PeerNode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire node …}. */
@Command(name = "node", description = "A node of your fabric: runs switches, and votes on what is wanted.")
public final class NodeCommand {

    private record Ready(String name, Identity identity, int wirePort, int apiPort) {}

    @Command(
            name = "run",
            description = "Run a node until it is told to end; prints a line when it is up.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  wire node run --name east --listen 192.0.2.10 --peers east=192.0.2.10,west=198.51.100.10,witness=203.0.113.5"
            })
    int run(
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "NAME",
                            description = "How topologies and migrations call it.")
                    String name,
            @Option(
                            names = "--identity",
                            paramLabel = "FILE",
                            description =
                                    "Its credentials; default: node-NAME.wire of the wire home, made there if 'wire init' ran here.")
                    @Nullable
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
            @Option(
                            names = "--state",
                            paramLabel = "DIR",
                            description = "Where it keeps its log; default: state/node-NAME of the wire home.")
                    @Nullable
                    Path state,
            @Option(
                            names = "--wire-port",
                            paramLabel = "PORT",
                            converter = PortNumber.class,
                            defaultValue = "7481",
                            description = "For wires, UDP and TCP; default: ${DEFAULT-VALUE}, 0: any.")
                    int wirePort,
            @Option(
                            names = "--api-port",
                            paramLabel = "PORT",
                            converter = PortNumber.class,
                            defaultValue = "7482",
                            description = "For the interface, TCP; default: ${DEFAULT-VALUE}, 0: any.")
                    int apiPort,
            @Option(names = "--witness", description = "Only vote; run no components.") boolean witness,
            @Mixin Output output)
            throws InterruptedException {
        WireHome home = WireHome.of(System.getenv());
        String self = "node-" + name;
        Credentials credentials = identity == null
                ? new DaemonCredentials(home, InstantSource.system()).find(Optional.of(self), () -> self)
                : Credentials.load(identity);
        // Before the hook: it waits for the node's end, and a refusal here has no node to end.
        NodeSettings settings = new NodeSettings(
                name,
                credentials,
                listen,
                wirePort,
                apiPort,
                PeerNode.parseAll(peers),
                state == null ? home.folder().resolve("state").resolve(self) : state,
                witness);
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
            output.print(
                    new Ready(name, credentials.identity(), node.wirePort(), node.apiPort()),
                    out -> out.println("node " + name
                            + (witness
                                    ? " votes"
                                    : " is up: wires on port " + node.wirePort() + " (UDP and TCP), interface on port "
                                            + node.apiPort())));
            told.await();
        } finally {
            ended.countDown();
        }
        return ExitCode.OK;
    }
}
