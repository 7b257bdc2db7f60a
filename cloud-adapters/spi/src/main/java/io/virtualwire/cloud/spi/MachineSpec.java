package io.virtualwire.cloud.spi;

import io.virtualwire.frame.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A virtual machine that somebody wants.
 *
 * @param id empty for a new one
 * @param memoryMebibytes of the guest
 * @param emulated whether its processor is emulated in software; needed where KVM runs no guest
 * @param console where what it prints goes; empty: nowhere
 */
public record MachineSpec(
        String name,
        Optional<UUID> id,
        int memoryMebibytes,
        int processors,
        boolean emulated,
        Boot boot,
        List<NicSpec> nics,
        Optional<Path> console) {
    public MachineSpec {
        nics = List.copyOf(nics);
    }

    /** What it starts with. */
    public sealed interface Boot {
        /** A kernel from the host's files. */
        record Kernel(Path image, Path initialRamdisk, String commandLine) implements Boot {}

        /** A disk in one of QEMU's formats: {@code qcow2}, {@code raw}. */
        record Disk(Path image, String format, boolean readOnly) implements Boot {}
    }

    /**
     * A network interface, whose other end is a TAP of the host that is there before the machine.
     *
     * @param device the TAP
     * @param mtu what the guest is told
     */
    public record NicSpec(MacAddress mac, String device, int mtu) {}
}
