package io.virtualwire.cli.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.virtualwire.client.ApiJson;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.SecretFile;
import io.virtualwire.identity.WireHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The records of hosts, {@code hosts/NAME.json} of the wire home; on disk before whoever writes one goes on. */
public final class HostRecords {
    private static final String SUFFIX = ".json";

    private final Path folder;

    public HostRecords(WireHome home) {
        this.folder = home.folder().resolve("hosts");
    }

    /** In the order of their names. */
    public List<HostRecord> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX) && !file.startsWith("."))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .flatMap(name -> find(name).stream())
                    .toList();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot list " + folder + ": " + IoReason.of(e), "mend the folder's rights", e);
        }
    }

    public Optional<HostRecord> find(String name) {
        Path file = file(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ApiJson.lenient().readValue(file.toFile(), HostRecord.class));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read what is known of host " + name + " in " + file,
                    "remove that file and give the same command again: what exists is found again in the cloud",
                    e);
        }
    }

    public void write(HostRecord record) {
        try {
            new SecretFile(file(record.name()))
                    .write(ApiJson.lenient().writerWithDefaultPrettyPrinter().writeValueAsString(record) + "\n");
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write what is known of " + record.name(), "", e);
        }
    }

    public void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot delete " + file(name) + ": " + IoReason.of(e),
                    "mend the folder's rights",
                    e);
        }
    }

    private Path file(String name) {
        return folder.resolve(HostOrder.requireName(name) + SUFFIX);
    }
}
