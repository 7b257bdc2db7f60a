package io.virtualwire.connector;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.virtualwire.config.ConfigKeys;
import io.virtualwire.config.DaemonFile;
import io.virtualwire.config.LogFormat;
import io.virtualwire.config.LogLevel;
import io.virtualwire.config.YamlReader;
import io.virtualwire.connector.admission.Grant;
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
 * A connector's configuration file, YAML; whatever it leaves out has the default of the flag of the same name.
 *
 * @param kernelWires whether the kernel may carry wires here, past the process and unsealed
 * @param relay whether daemons that do not reach each other are led to one another here
 * @param streamPorts TCP ports besides {@code port} on which peers may dial it
 * @param trust certificates ({@code ca.crt}) of other tenants' authorities that are believed besides one's own
 * @param grants what those tenants may do; nothing, if there is none
 */
public record ConnectorFile(
        Optional<String> name,
        Optional<Path> identity,
        Optional<String> enrol,
        @JsonProperty("enrol-timeout") Optional<Integer> enrolTimeout,
        Optional<String> listen,
        Optional<Integer> port,
        @JsonProperty("api-port") Optional<Integer> apiPort,
        Optional<Integer> threads,
        Optional<Path> state,
        Optional<Path> audit,
        @JsonProperty("log-level") Optional<LogLevel> logLevel,
        @JsonProperty("log-format") Optional<LogFormat> logFormat,
        @JsonProperty("kernel-wires") Optional<Boolean> kernelWires,
        Optional<Boolean> relay,
        @JsonProperty("stream-ports") Optional<List<Integer>> streamPorts,
        List<Path> trust,
        List<Grant> grants)
        implements DaemonFile {
    /** What can be said there. */
    public static final ConfigKeys<ConnectorFile> KEYS = new ConfigKeys<>(ConnectorFile.class);

    private static final YamlReader<ConnectorFile> YAML =
            new YamlReader<>(ConnectorFile.class, "see docs/connector.yaml for all that can be said there");

    public ConnectorFile {
        trust = listed(trust);
        grants = listed(grants);
    }

    /** A file that says nothing. */
    public static ConnectorFile empty() {
        return YAML.read("no file", "{}").orElseThrow();
    }

    public static ConnectorFile read(Path file) {
        try {
            return YAML.read(file.toString(), Files.readString(file)).orElseGet(ConnectorFile::empty);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "cannot read " + file + ": " + IoReason.of(e), "check --config", e);
        }
    }

    private static <T> List<T> listed(@Nullable List<T> said) {
        return said == null ? List.of() : List.copyOf(said);
    }
}
