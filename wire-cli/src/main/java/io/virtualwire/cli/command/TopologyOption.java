package io.virtualwire.cli.command;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which topology file is meant; a mixin of commands that take one. */
final class TopologyOption {
    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The topology file.")
    private Path file = Path.of("topology.yaml");

    /** How messages call it. */
    String origin() {
        return file.toString();
    }

    /** The file's text as it stands. */
    String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot read " + file + ": " + IoReason.of(e),
                    "name the topology file with -f",
                    e);
        }
    }

    Topology read() {
        return TopologyFile.parse(origin(), text());
    }
}
