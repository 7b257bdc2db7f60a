package io.virtualwire.cli.command;

import io.virtualwire.config.DaemonFile;
import io.virtualwire.config.LogFormat;
import io.virtualwire.config.LogLevel;
import io.virtualwire.identity.WireHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The options that every daemon's {@code run} has; what one leaves out may be said in the file of {@code --config}. */
final class DaemonOptions {
    private static final int ENROL_SECONDS = 60;

    @Option(
            names = "--identity",
            paramLabel = "FILE",
            description =
                    "Its credentials; default: NAME.wire of the wire home, for a node node-NAME.wire; made there if"
                            + " 'wire init' ran here.")
    private Optional<Path> identity = Optional.empty();

    @Option(
            names = "--enrol",
            paramLabel = "TOKEN",
            description = "Become a member by this word of 'wire token create', once; the key is made here.")
    private Optional<String> enrol = Optional.empty();

    @Option(
            names = "--enrol-timeout",
            paramLabel = "SECONDS",
            description = "How long to ask an authority that does not answer; default: 60.")
    private Optional<Integer> enrolTimeout = Optional.empty();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "The underlay address. A node's is needed, here or in the file; a connector's default is all of"
                            + " IPv4, and '::' is all, IPv6 too.")
    private Optional<String> listen = Optional.empty();

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            description = "For the interface, TCP; default: 7472, a node's 7482; 0: any.")
    private Optional<Integer> apiPort = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Its journal or log; default: state/NAME of the wire home, for a node state/node-NAME.")
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
            description = "YAML with the same keys, trust, and a connector's grants; flags win.")
    private Optional<Path> config = Optional.empty();

    /** The file of {@code --config}. */
    Optional<Path> config() {
        return config;
    }

    /** Whether somebody typed where the credentials are. */
    boolean isIdentityGiven() {
        return identity.isPresent();
    }

    /**
     * What holds: the option, else what the file says.
     *
     * @param read reads the file of {@code --config}
     */
    <F extends DaemonFile> Said<F> read(Function<Path, F> read, Supplier<F> nothing) {
        F file = config.map(read).orElseGet(nothing);
        return new Said<>(
                file,
                identity.or(file::identity),
                enrol.or(file::enrol),
                Duration.ofSeconds(
                        Math.max(0, enrolTimeout.or(file::enrolTimeout).orElse(ENROL_SECONDS))),
                listen.or(file::listen),
                apiPort.or(file::apiPort),
                state.or(file::state),
                audit.or(file::audit),
                log(logLevel.or(file::logLevel), logFormat.or(file::logFormat)));
    }

    private static DaemonLog log(Optional<LogLevel> level, Optional<LogFormat> format) {
        DaemonLog log = new DaemonLog();
        log.level(level);
        log.format(format);
        return log;
    }

    /**
     * What somebody said that all daemons understand, in the options or in the file.
     *
     * @param log is as was said from now on
     */
    record Said<F extends DaemonFile>(
            F file,
            Optional<Path> identity,
            Optional<String> enrol,
            Duration enrolTimeout,
            Optional<String> listen,
            Optional<Integer> apiPort,
            Optional<Path> state,
            Optional<Path> audit,
            DaemonLog log) {
        /** @see DaemonIdentity#find */
        DaemonIdentity identityIn(WireHome home, Optional<String> named, Supplier<String> otherwise) {
            return DaemonIdentity.find(home, enrol, enrolTimeout, identity, named, otherwise);
        }
    }
}
