package io.virtualwire.cli.command;

import io.virtualwire.authority.NodeNames;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cloud.libvirt.LibvirtCredentials;
import io.virtualwire.cloud.libvirt.LibvirtHypervisor;
import io.virtualwire.config.LiveFile;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import io.virtualwire.node.Node;
import io.virtualwire.node.NodeFile;
import io.virtualwire.node.NodeSettings;
import io.virtualwire.node.PeerNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wire node run}. */
@Command(
        name = "run",
        description = "Run a node until it is told to end; prints a line when it is up.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire node run --name east --listen 192.0.2.10 --peers east=192.0.2.10,west=198.51.100.10,witness=203.0.113.5",
            "  wire node run --name south --listen 203.0.113.9 --join --peers east=192.0.2.10",
            "  wire node run --config /etc/virtualwire/node.yaml"
        })
final class NodeRunCommand implements Callable<Integer> {
    private static final int LEAVE_SECONDS = 10;
    /** Longer than an election takes; a fabric whose majority is away is no reason not to be up. */
    private static final Duration ANNOUNCED = Duration.ofSeconds(5);

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "How topologies and migrations call it; needed here or in the file.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--peers",
            paramLabel = "NAME=[IDENTITY@]ADDRESS[:PORT],…",
            description =
                    "All nodes that begin a fabric together, this one included, in the same order on each; with --join, nodes"
                            + " of the fabric to ask, and under which further address this one is reached. Needed here or in the file."
                            + " Once it was agreed on who takes part, that counts.")
    private Optional<String> peers = Optional.empty();

    @Option(
            names = "--wire-port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            description = "For wires, UDP and TCP; default: 7481, 0: any.")
    private Optional<Integer> wirePort = Optional.empty();

    @Option(names = "--witness", description = "Only vote; run no components.")
    private boolean witness;

    @Option(
            names = "--join",
            description =
                    "Have a fabric that runs take this node in: ask its nodes, which --peers names. Its identity must be node-NAME.")
    private boolean join;

    @Option(
            names = "--cloud",
            paramLabel = "CLOUD",
            description = "The cloud that it is in, so that things can be moved to that cloud; default: none.")
    private Optional<String> cloud = Optional.empty();

    @Option(
            names = "--network",
            paramLabel = "NETWORK",
            description =
                    "The network in which it listens: hosts of the same network are reached at their addresses inside;"
                            + " default: none.")
    private Optional<String> network = Optional.empty();

    @Option(
            names = "--leave-timeout",
            paramLabel = "SECONDS",
            description =
                    "When told to end, move what runs here to other nodes first, for so long at most; default: 10,"
                            + " 0: not at all.")
    private Optional<Integer> leaveTimeout = Optional.empty();

    @Mixin
    private DaemonOptions options = new DaemonOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec;

    private record Ready(String name, Identity identity, int wirePort, int apiPort, boolean announced) {}

    @Override
    public Integer call() throws InterruptedException {
        DaemonOptions.Said<NodeFile> said = options.read(NodeFile::read, NodeFile::empty);
        NodeFile file = said.file();
        String self = required("name", name.or(file::name), "east");
        String address = required("listen", said.listen(), "192.0.2.10");
        List<PeerNode> nodes = peers.map(PeerNode::parseAll).orElseGet(file::peers);
        required("peers", nodes.isEmpty() ? Optional.empty() : Optional.of(nodes), "east=192.0.2.10,…");
        WireHome home = WireHome.of(System.getenv());
        String daemon = NodeNames.of(self);
        DaemonIdentity found =
                said.identityIn(home, said.enrol().isPresent() ? Optional.empty() : Optional.of(daemon), () -> daemon);
        Path folder =
                said.state().orElseGet(() -> home.folder().resolve("state").resolve(daemon));
        LibvirtCredentials libvirt = new LibvirtCredentials(home.folder().resolve("pki"));
        try (DaemonIdentity.Kept kept = found.keep(file.trust(), folder)) {
            return run(
                    file,
                    Map.of(
                            "trust", kept.trusting(NodeFile::trust),
                            "log-level", said.log().setting(NodeFile::logLevel)),
                    new NodeSettings(
                                    self,
                                    kept.self(),
                                    address,
                                    wirePort.or(file::wirePort).orElse(NodeSettings.DEFAULT_WIRE_PORT),
                                    said.apiPort().orElse(NodeSettings.DEFAULT_API_PORT),
                                    nodes,
                                    folder,
                                    said.audit().orElseGet(() -> folder.resolve(NodeSettings.AUDIT)),
                                    witness || file.witness().orElse(false),
                                    uri -> LibvirtHypervisor.connect(libvirt.in(uri)))
                            .in(cloud.or(file::cloud).orElse(""))
                            .within(network.or(file::network).orElse(""))
                            .joining(join || file.join().orElse(false)));
        }
    }

    private int run(NodeFile file, Map<String, LiveSetting<NodeFile>> live, NodeSettings settings)
            throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        Supervision supervision = Supervision.ofEnvironment();
        CountDownLatch ended = new CountDownLatch(1);
        // After all that can be refused: it waits for the node's end, and a refusal has no node to end.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            told.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (Node node = Node.start(settings)) {
            options.config().ifPresent(path -> reloadable(node, path, file, live, supervision));
            String self = settings.name();
            boolean announced = node.awaitAnnounced(ANNOUNCED);
            output.print(
                    new Ready(self, settings.own().identity(), node.wirePort(), node.apiPort(), announced),
                    out -> out.println("node " + self
                            + (settings.witness()
                                    ? " votes"
                                    : " is up: wires on port " + node.wirePort() + " (UDP and TCP), interface on port "
                                            + node.apiPort() + (announced ? "" : "; waits for a majority"))));
            supervision.ready(settings.witness() ? "votes" : "wires on port " + node.wirePort(), node::awaitTurn);
            Settling.begin();
            told.await();
            supervision.stopping("moving what runs here to other nodes");
            node.leave(leaveTime(file));
        } finally {
            ended.countDown();
        }
        return ExitCode.OK;
    }

    private Duration leaveTime(NodeFile file) {
        return Duration.ofSeconds(
                Math.max(0, leaveTimeout.or(file::leaveTimeout).orElse(LEAVE_SECONDS)));
    }

    private void reloadable(
            Node node, Path path, NodeFile file, Map<String, LiveSetting<NodeFile>> settings, Supervision supervision) {
        LiveFile<NodeFile> live =
                new LiveFile<>(path, NodeFile::read, NodeFile.KEYS, file, new GivenFlags(spec).names(), settings);
        node.reloadWith(live::reload);
        new HangUp(supervision.telling(node::reload)).listen();
    }

    private static <T> T required(String key, Optional<T> said, String example) {
        return said.orElseThrow(() -> new WireException(
                ErrorCode.BAD_REQUEST,
                "cannot run a node: nobody said its " + key,
                "give --" + key + " " + example + ", or '" + key + ":' in the file of --config"));
    }
}
