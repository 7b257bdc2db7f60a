package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder in which eBPF maps and programs have names, by which they outlive the process that made them.
 *
 * @param folder the mount point
 */
public record BpfFileSystem(Path folder) {
    private static final String KIND = "bpf";

    /** Mounts it unless that was done. */
    public void mount() {
        if (mounted()) {
            return;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "cannot make the folder " + folder, "see the cause", e);
        }
        int result = new Syscalls().mount(KIND, folder.toString());
        if (result < 0) {
            throw Syscalls.failure(
                    "mount a bpf file system at " + folder, result, "kernel wires need a kernel with eBPF");
        }
    }

    /** Forgets everything in it, and unmounts it. */
    public void unmount() {
        if (!mounted()) {
            return;
        }
        clear();
        int result = new Syscalls().unmount(folder.toString());
        if (result < 0) {
            throw Syscalls.failure("unmount " + folder, result, "see who uses it");
        }
    }

    /** Forgets everything in it. */
    public void clear() {
        for (Path name : names()) {
            try {
                Files.deleteIfExists(name);
            } catch (IOException e) {
                throw new WireException(ErrorCode.SYSTEM, "cannot remove " + name, "see the cause", e);
            }
        }
    }

    public boolean holds(String name) {
        return Files.exists(folder.resolve(name));
    }

    private List<Path> names() {
        try (Stream<Path> names = Files.list(folder)) {
            // Names with a dot are the kernel's own.
            return names.filter(name -> !name.getFileName().toString().contains("."))
                    .toList();
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "cannot list " + folder, "see the cause", e);
        }
    }

    private boolean mounted() {
        try {
            return Files.isDirectory(folder)
                    && Files.getFileStore(folder).type().equals(KIND);
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "cannot look at " + folder, "see the cause", e);
        }
    }
}
