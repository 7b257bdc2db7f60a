package io.virtualwire.cli.command;

import io.virtualwire.cli.doctor.DeviceAccess;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.HostAddress;
import io.virtualwire.config.LiveFile;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.connector.Connector;
import io.virtualwire.connector.ConnectorConfig;
import io.virtualwire.connector.ConnectorFile;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wire connector run}. */
@Command(
        name = "run",
        description = "Run this host's connector until it is told to end; prints a line when it is ready.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire connector run --name hosta",
            "  wire connector run --identity hostb.wire --listen 198.51.100.7",
            "  wire connector run --enrol wire-eyJuIjoiaG9tZS9ob3N0YiIs…",
            "  wire connector run --name hosta --take-over"
        })
final class ConnectorRunCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";

    @Option(names = "--name", paramLabel = "NAME", description = "This host's name; default: its host name.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            description = "For wires, UDP and TCP; default: 7471, 0: any.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "NUMBER",
            description = "How many threads carry frames, each some of the wires; default: 2, at most 16.")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--stream-ports",
            paramLabel = "PORT",
            split = ",",
            converter = PortNumber.class,
            description = {
                "TCP ports on which peers may dial it besides, such as 443:",
                "for peers whose network lets nothing else out; default: none."
            })
    private List<Integer> streamPorts = List.of();

    @Option(
            names = "--relay",
            description =
                    "Lead daemons of this tenant, which do not reach each other, to one another through this one.")
    private boolean relay;

    @Option(
            names = "--kernel-wires",
            description = "The underlay is trusted: let the kernel carry wires whose two ends ask for it, unsealed.")
    private boolean kernelWires;

    @Option(
            names = "--salvage-journal",
            description = "Go on with what can be read of a damaged journal, and set it aside.")
    private boolean salvage;

    @Option(
            names = "--take-over",
            description = "Take the place of the connector that runs on the same state folder, without a frame lost.")
    private boolean takeOver;

    @Mixin
    private DaemonOptions options = new DaemonOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec;

    private record Ready(Identity identity, int port, int apiPort) {}

    @Override
    public Integer call() throws Exception {
        DaemonOptions.Said<ConnectorFile> said = options.read(ConnectorFile::read, ConnectorFile::empty);
        ConnectorFile file = said.file();
        new DeviceAccess().require();
        WireHome home = WireHome.of(System.getenv());
        DaemonIdentity found = said.identityIn(home, name.or(file::name), ConnectorRunCommand::hostName);
        String self = found.credentials().identity().name();
        Path journal =
                said.state().orElseGet(() -> home.folder().resolve("state").resolve(self));
        DaemonIdentity.Kept kept = found.keep(file.trust(), journal);
        ConnectorConfig resolved = new ConnectorConfig(
                kept.self(),
                said.listen().orElse("0.0.0.0"),
                port.or(file::port).orElse(ConnectorConfig.DEFAULT_PORT),
                said.apiPort().orElse(ConnectorConfig.DEFAULT_API_PORT),
                threads.or(file::threads).orElse(ConnectorConfig.DEFAULT_THREADS),
                journal,
                salvage,
                said.audit().orElseGet(() -> journal.resolve(ConnectorConfig.AUDIT)),
                kernelWires || file.kernelWires().orElse(false),
                relay || file.relay().orElse(false),
                streamPorts.isEmpty() ? file.streamPorts().orElse(List.of()) : streamPorts,
                file.grants(),
                spec.root().versionProvider().getVersion()[0]);
        Supervision supervision = Supervision.ofEnvironment();
        Connector connector = takeOver
                ? Connector.takeOver(resolved, supervision.store())
                : Connector.start(resolved, supervision.store());
        note(home, connector, said.listen());
        options.config().ifPresent(path -> reloadable(connector, kept, path, said, supervision));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            supervision.stopping("ending");
                            kept.close();
                            connector.end();
                        },
                        "connector-end"));
        output.print(
                new Ready(connector.identity(), connector.port(), connector.apiPort()),
                out -> out.println("connector " + connector.identity() + " is ready: wires on port " + connector.port()
                        + " (UDP and TCP), interface on port " + connector.apiPort()));
        supervision.ready("wires on port " + connector.port(), connector::awaitTurn);
        Settling.begin();
        connector.awaitEnd();
        return ExitCode.OK;
    }

    private void reloadable(
            Connector connector,
            DaemonIdentity.Kept kept,
            Path path,
            DaemonOptions.Said<ConnectorFile> said,
            Supervision supervision) {
        Map<String, LiveSetting<ConnectorFile>> settings = new LinkedHashMap<>(connector.liveSettings());
        settings.put("trust", kept.trusting(ConnectorFile::trust));
        settings.put("log-level", said.log().setting(ConnectorFile::logLevel));
        LiveFile<ConnectorFile> live = new LiveFile<>(
                path, ConnectorFile::read, ConnectorFile.KEYS, said.file(), new GivenFlags(spec).names(), settings);
        connector.reloadWith(live::reload);
        new HangUp(supervision.telling(connector::reload)).listen();
    }

    /** Lets commands of this wire home find this connector by its name, unless somebody said where it is. */
    private void note(WireHome home, Connector connector, Optional<String> address) {
        HostBook hosts = new HostBook(home);
        String self = connector.identity().name();
        try {
            HostAddress known = hosts.all().get(self);
            if (!options.isIdentityGiven() && (known == null || known.host().equals(LOOPBACK))) {
                hosts.put(self, new HostAddress(address.orElse(LOOPBACK), connector.apiPort()));
            }
        } catch (WireException e) {
            output.warn("commands here do not know this connector as " + self, e);
        }
    }

    private static String hostName() {
        try {
            String full = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
            return full.split("\\.", 2)[0].replaceAll("[^a-z0-9-]", "-");
        } catch (UnknownHostException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "this host has no name: " + e.getMessage(), "give it one with --name", e);
        }
    }
}
