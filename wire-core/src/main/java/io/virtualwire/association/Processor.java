package io.virtualwire.association;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What this machine's processor can do, as Linux tells it. */
final class Processor {
    private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

    private final Path description;

    Processor() {
        this(DESCRIPTION);
    }

    Processor(Path description) {
        this.description = description;
    }

    /** Whether it has instructions for AES; assumed where nobody says. x86 lists "flags", Arm "Features". */
    boolean hasAes() {
        try {
            return Files.readAllLines(description).stream()
                    .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> Arrays.asList(line.split("\\s+")).contains("aes"))
                    .orElse(true);
        } catch (IOException e) {
            return true;
        }
    }
}
