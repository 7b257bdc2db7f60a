package io.virtualwire.cli.provision;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The {@code wire} command that runs now: hosts that share this machine's files run the same, others get the package made with it.
 *
 * @param launcher what was typed, as its launcher says in {@code WIRE_COMMAND}
 */
public record OwnCommand(Optional<Path> launcher) {
    private static final Path INSTALLED = Path.of("/usr/bin/wire");
    private static final Path PACKAGES = Path.of("/usr/share/virtualwire");

    public static OwnCommand of(Map<String, String> environment) {
        return new OwnCommand(Optional.ofNullable(environment.get("WIRE_COMMAND"))
                .map(Path::of)
                .or(() -> Optional.of(INSTALLED))
                .filter(Files::isExecutable));
    }

    Path required() {
        return launcher.orElseThrow(() -> new WireException(
                ErrorCode.SYSTEM,
                "cannot run daemons on this machine: its wire command is not found",
                "start this one by bin/wire, or name it in WIRE_COMMAND"));
    }

    /** The newest package beside the command, or installed with it. */
    Path requiredPackage() {
        return launcher.map(it -> it.resolve("../../target/deb").normalize())
                .flatMap(OwnCommand::newest)
                .or(() -> newest(PACKAGES))
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "there is no package to install on the host",
                        "make one with packaging/deb.sh, or name one with --package FILE"));
    }

    private static Optional<Path> newest(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("virtualwire_.*\\.deb"))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot look for packages in " + folder + ": " + IoReason.of(e),
                    "name one with --package FILE",
                    e);
        }
    }
}
