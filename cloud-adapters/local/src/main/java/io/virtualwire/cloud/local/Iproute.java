package io.virtualwire.cloud.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** iproute2's {@code ip}, asked for JSON. */
final class Iproute {
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ObjectMapper json = new ObjectMapper();

    /** The names of all network namespaces. */
    List<String> namespaces() {
        if (!Files.isDirectory(NAMESPACES)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(NAMESPACES)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "cannot list " + NAMESPACES, "run as root", e);
        }
    }

    /** What {@code ip -json address} prints within a namespace. */
    JsonNode addresses(String namespace) {
        String printed = require(List.of("ip", "-n", namespace, "-json", "address"));
        try {
            return json.readTree(printed);
        } catch (JsonProcessingException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "ip(8) printed no JSON but: " + printed, "install iproute2 5 or later", e);
        }
    }

    void run(String... arguments) {
        List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(arguments));
        require(line);
    }

    /** Runs a command that must succeed; its output. */
    static String require(List<String> line) {
        CommandResult result = new LocalCommand(line).run(LIMIT, new byte[0]);
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "'" + String.join(" ", line) + "' failed: "
                            + result.output().strip(),
                    "run as root, with iproute2 and a kernel that has namespaces and veth");
        }
        return result.output();
    }
}
