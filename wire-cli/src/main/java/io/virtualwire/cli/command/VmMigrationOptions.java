package io.virtualwire.cli.command;

import picocli.CommandLine.Option;

/** How hypervisors are to move a virtual machine. */
final class VmMigrationOptions {
    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "peer-to-peer",
            description =
                    "For a virtual machine: peer-to-peer, managed (through the node) or tunnelled (memory through the"
                            + " hypervisors' own connection); default: ${DEFAULT-VALUE}.")
    private String mode = "peer-to-peer";

    @Option(
            names = "--post-copy",
            description = "For a virtual machine: let it run there before all of its memory is there.")
    private boolean postCopy;

    @Option(
            names = "--copy-storage",
            description = "For a virtual machine: copy its disks, which the hosts do not share.")
    private boolean copyStorage;

    @Option(
            names = "--bandwidth",
            paramLabel = "MIB",
            defaultValue = "0",
            description = "For a virtual machine: at most so many MiB a second; default: as fast as it goes.")
    private int bandwidth;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "2",
            description = "For virtual machines: so many at once between two hosts, further ones wait; default:"
                    + " ${DEFAULT-VALUE}.")
    private int parallel;

    int parallel() {
        return parallel;
    }

    String mode() {
        return mode;
    }

    boolean postCopy() {
        return postCopy;
    }

    boolean copyStorage() {
        return copyStorage;
    }

    int bandwidth() {
        return bandwidth;
    }
}
