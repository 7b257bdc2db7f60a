package io.virtualwire.connector;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.connector.admission.Grant;
import io.virtualwire.control.ErrorCode;
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
 * @param trust certificates ({@code ca.crt}) of other tenants' authorities that are believed besides one's own
 * @param grants what those tenants may do; nothing, if there is none
 */
public record ConnectorFile(
        Optional<String> name,
        Optional<Path> identity,
        Optional<String> listen,
        Optional<Integer> port,
        @JsonProperty("api-port") Optional<Integer> apiPort,
        Optional<Path> state,
        List<Path> trust,
        List<Grant> grants) {

    public ConnectorFile {
        trust = listed(trust);
        grants = listed(grants);
    }

    /** A file that says nothing. */
    public static ConnectorFile empty() {
        return new ConnectorFile(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    public static ConnectorFile read(Path file) {
        YAMLMapper yaml = YAMLMapper.builder()
                .addModule(new Jdk8Module())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        try {
            String text = Files.readString(file);
            return text.isBlank() ? empty() : yaml.readValue(text, ConnectorFile.class);
        } catch (JsonProcessingException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot understand " + file + ": " + e.getOriginalMessage() + " (line "
                            + e.getLocation().getLineNr() + ")",
                    "see docs/connector.yaml for all that can be said there",
                    e);
        } catch (IOException e) {
            throw new WireException(ErrorCode.NOT_FOUND, "cannot read " + file + ": " + e, "check --config", e);
        }
    }

    private static <T> List<T> listed(@Nullable List<T> said) {
        return said == null ? List.of() : List.copyOf(said);
    }
}
