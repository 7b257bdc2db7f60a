package io.virtualwire.node;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.virtualwire.config.ConfigKeys;
import io.virtualwire.config.DaemonFile;
import io.virtualwire.config.LogFormat;
import io.virtualwire.config.LogLevel;
import io.virtualwire.config.YamlReader;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node's configuration file, YAML; whatever it leaves out has the default of the flag of the same name.
 *
 * @param peers all nodes that found the fabric, this one included; empty if it does not say
 * @param join whether those peers are of a fabric that runs, and are asked to take this node in
 * @param cloud the cloud that it is in
 * @param network the network in which it listens, whose hosts it reaches at their addresses there
 * @param leaveTimeout for how many seconds it moves what runs there to other nodes before it ends
 * @param trust certificates ({@code ca.crt}) of the authorities of clouds whose connectors this node uses
 */
public record NodeFile(
        Optional<String> name,
        Optional<Path> identity,
        Optional<String> enrol,
        @JsonProperty("enrol-timeout") Optional<Integer> enrolTimeout,
        Optional<String> listen,
        List<PeerNode> peers,
        Optional<Path> state,
        @JsonProperty("wire-port") Optional<Integer> wirePort,
        @JsonProperty("api-port") Optional<Integer> apiPort,
        Optional<Boolean> witness,
        Optional<Boolean> join,
        Optional<String> cloud,
        Optional<String> network,
        @JsonProperty("leave-timeout") Optional<Integer> leaveTimeout,
        Optional<Path> audit,
        @JsonProperty("log-level") Optional<LogLevel> logLevel,
        @JsonProperty("log-format") Optional<LogFormat> logFormat,
        List<Path> trust)
        implements DaemonFile {
    /** What can be said there. */
    public static final ConfigKeys<NodeFile> KEYS = new ConfigKeys<>(NodeFile.class);

    private static final YamlReader<NodeFile> YAML =
            new YamlReader<>(NodeFile.class, "see docs/node.yaml for all that can be said there");

    public NodeFile {
        peers = listed(peers);
        trust = listed(trust);
    }

    /** A file that says nothing. */
    public static NodeFile empty() {
        return YAML.read("no file", "{}").orElseThrow();
    }

    public static NodeFile read(Path file) {
        try {
            return YAML.read(file.toString(), Files.readString(file)).orElseGet(NodeFile::empty);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "cannot read " + file + ": " + IoReason.of(e), "check --config", e);
        }
    }

    private static <T> List<T> listed(@Nullable List<T> said) {
        return said == null ? List.of() : List.copyOf(said);
    }
}
