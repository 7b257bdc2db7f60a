package io.virtualwire.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** The memory that this process has and does not need any more. */
public final class ProcessMemory {
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final int MADV_DONTNEED = 4;

    private ProcessMemory() {}

    /**
     * Gives back what only a start needed: pages of files that nobody writes, which come back from the page cache when they are
     * touched, and what the allocator keeps though it is free. Takes milliseconds; nothing is lost.
     */
    public static void giveBack() {
        try {
            Syscalls calls = new Syscalls();
            giveBackUnchanged(calls, Files.readAllLines(MAPPINGS, StandardCharsets.ISO_8859_1));
            calls.trimAllocator();
        } catch (IOException e) {
            // Without /proc everything stays where it is, which harms nobody.
            return;
        }
    }

    /*
     *   800000000-801c4a000 r--p 00000000 fd:00 123    /…/wire-connector.aot
     *   …
     *   Anonymous:             0 kB                    not one page of it is this process's own
     */
    private static void giveBackUnchanged(Syscalls calls, List<String> lines) {
        Iterator<String> each = lines.iterator();
        String mapping = "";
        while (each.hasNext()) {
            String line = each.next();
            if (!line.isEmpty() && Character.digit(line.charAt(0), 16) >= 0 && line.indexOf('-') > 0) {
                mapping = line;
            } else if (line.startsWith("Anonymous:") && line.endsWith(" 0 kB") && isUnwritableFile(mapping)) {
                int dash = mapping.indexOf('-');
                long start = Long.parseUnsignedLong(mapping, 0, dash, 16);
                long end = Long.parseUnsignedLong(mapping, dash + 1, mapping.indexOf(' '), 16);
                calls.advise(start, end - start, MADV_DONTNEED);
            }
        }
    }

    private static boolean isUnwritableFile(String mapping) {
        int flags = mapping.indexOf(' ') + 1;
        return flags > 0
                && mapping.startsWith("r-", flags)
                && mapping.indexOf('/') > 0
                && !mapping.endsWith(" (deleted)");
    }
}
