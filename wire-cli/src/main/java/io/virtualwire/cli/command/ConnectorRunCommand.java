package io.virtualwire.cli.command;

import io.virtualwire.cli.doctor.Finding;
import io.virtualwire.cli.doctor.HostChecks;
import io.virtualwire.cli.doctor.Verdict;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.HostAddress;
import io.virtualwire.config.LiveFile;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.config.LogFormat;
import io.virtualwire.config.LogLevel;
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
            names = "--identity",
            paramLabel = "FILE",
            description = "Its credentials; default: NAME.wire of the wire home, made there if 'wire init' ran here.")
    private Optional<Path> identity = Optional.empty();

    @Option(
            names = "--enrol",
            paramLabel = "TOKEN",
            description = "Become a member by this word of 'wire token create', once; the key is made here.")
    private Optional<String> enrol = Optional.empty();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = "The underlay address; default: all of IPv4. '::' is all, IPv6 too.")
    private Optional<String> listen = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            description = "For wires, UDP and TCP; default: 7471, 0: any.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            description = "For the interface, TCP; default: 7472, 0: any.")
    private Optional<Integer> apiPort = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "NUMBER",
            description = "How many threads carry frames, each some of the wires; default: 2, at most 16.")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--state", paramLabel = "DIR", description = "Its journal; default: state/NAME of the wire home.")
    private Optional<Path> state = Optional.empty();

    @Option(
            names = "--audit",
            paramLabel = "FILE",
            description = "Where it notes who changed what; default: audit.jsonl in the folder of --state.")
    private Optional<Path> audit = Optional.empty();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            converter = LogLevelName.class,
            description = "error, warn, info, debug or trace; default: info.")
    private Optional<LogLevel> logLevel = Optional.empty();

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            converter = LogFormatName.class,
            description = "text, or json: an object a line; default: text.")
    private Optional<LogFormat> logFormat = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML with the same keys, trust and grants; flags win.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--salvage-journal",
            description = "Go on with what can be read of a damaged journal, and set it aside.")
    private boolean salvage;

    @Option(
            names = "--take-over",
            description = "Take the place of the connector that runs on the same state folder, without a frame lost.")
    private boolean takeOver;

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec;

    private record Ready(Identity identity, int port, int apiPort) {}

    @Override
    public Integer call() throws Exception {
        ConnectorFile file = config.map(ConnectorFile::read).orElseGet(ConnectorFile::empty);
        DaemonLog log = new DaemonLog();
        log.level(logLevel.or(file::logLevel));
        log.format(logFormat.or(file::logFormat));
        WireHome home = WireHome.of(System.getenv());
        DaemonIdentity found = DaemonIdentity.find(
                home,
                enrol.or(file::enrol),
                identity.or(file::identity),
                name.or(file::name),
                ConnectorRunCommand::hostName);
        String self = found.credentials().identity().name();
        Path journal = state.or(file::state)
                .orElseGet(() -> home.folder().resolve("state").resolve(self));
        DaemonIdentity.Kept kept = found.keep(file.trust(), journal);
        ConnectorConfig resolved = new ConnectorConfig(
                kept.self(),
                listen.or(file::listen).orElse("0.0.0.0"),
                port.or(file::port).orElse(ConnectorConfig.DEFAULT_PORT),
                apiPort.or(file::apiPort).orElse(ConnectorConfig.DEFAULT_API_PORT),
                threads.or(file::threads).orElse(ConnectorConfig.DEFAULT_THREADS),
                journal,
                salvage,
                audit.or(file::audit).orElseGet(() -> journal.resolve(ConnectorConfig.AUDIT)),
                file.grants(),
                spec.root().versionProvider().getVersion()[0]);
        Supervision supervision = Supervision.ofEnvironment();
        Connector connector = takeOver
                ? Connector.takeOver(resolved, supervision.store())
                : Connector.start(resolved, supervision.store());
        note(home, connector, listen.or(file::listen));
        config.ifPresent(path -> reloadable(connector, kept, path, file, log, supervision));
        Finding able = new HostChecks().capabilities();
        if (able.verdict() == Verdict.FAIL) {
            output.warn(
                    "this connector can make no TAP devices",
                    new WireException(ErrorCode.SYSTEM, able.detail(), able.advice()));
        }
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
        connector.awaitEnd();
        return ExitCode.OK;
    }

    private void reloadable(
            Connector connector,
            DaemonIdentity.Kept kept,
            Path path,
            ConnectorFile file,
            DaemonLog log,
            Supervision supervision) {
        Map<String, LiveSetting<ConnectorFile>> settings = new LinkedHashMap<>(connector.liveSettings());
        settings.put("trust", kept.trusting(ConnectorFile::trust));
        settings.put("log-level", log.setting(ConnectorFile::logLevel));
        LiveFile<ConnectorFile> live = new LiveFile<>(
                path, ConnectorFile::read, ConnectorFile.KEYS, file, new GivenFlags(spec).names(), settings);
        connector.reloadWith(live::reload);
        new HangUp(supervision.telling(connector::reload)).listen();
    }

    /** Lets commands of this wire home find this connector by its name, unless somebody said where it is. */
    private void note(WireHome home, Connector connector, Optional<String> address) {
        HostBook hosts = new HostBook(home);
        String self = connector.identity().name();
        try {
            HostAddress known = hosts.all().get(self);
            if (identity.isEmpty() && (known == null || known.host().equals(LOOPBACK))) {
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
