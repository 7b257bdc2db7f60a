package io.virtualwire.cloud.spi;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a machine is to move.
 *
 * @param target the hypervisor there, as the one that calls it does: the source, or for {@link Mode#MANAGED} this process
 * @param memoryAddress where its memory goes to; empty: the hypervisors agree on it
 * @param bandwidthMebibytes a second, at most; empty: as fast as it goes
 * @param maxPauseMillis how long the last copy may take for which it is paused
 * @param devices of its interfaces, which somebody has made at the target: no hypervisor is to make them
 */
public record MigrationPlan(
        String target,
        Mode mode,
        Storage storage,
        boolean postCopy,
        Optional<String> memoryAddress,
        OptionalInt bandwidthMebibytes,
        OptionalInt maxPauseMillis,
        Set<String> devices) {
    public MigrationPlan {
        devices = Set.copyOf(devices);
    }

    /** Live, from hypervisor to hypervisor, with storage that both have. */
    public static MigrationPlan peerToPeer(String target) {
        return new MigrationPlan(
                target,
                Mode.PEER_TO_PEER,
                Storage.SHARED,
                false,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Set.of());
    }

    /** The same, not faster than that. */
    public MigrationPlan atMost(int mebibytesPerSecond) {
        return new MigrationPlan(
                target,
                mode,
                storage,
                postCopy,
                memoryAddress,
                OptionalInt.of(mebibytesPerSecond),
                maxPauseMillis,
                devices);
    }

    /** The same, driven in another way. */
    public MigrationPlan driven(Mode other) {
        return new MigrationPlan(
                target, other, storage, postCopy, memoryAddress, bandwidthMebibytes, maxPauseMillis, devices);
    }

    /** Who drives it, and which way the memory goes. */
    public enum Mode {
        /** The source's hypervisor drives it; memory goes straight. */
        PEER_TO_PEER,
        /** This process talks to both. */
        MANAGED,
        /** As peer to peer; memory goes through the hypervisors' own connection, which may be encrypted. */
        TUNNELLED
    }

    /** What becomes of disks. */
    public enum Storage {
        /** Both hypervisors see the same. */
        SHARED,
        /** They are copied whole. */
        COPIED,
        /** What differs from a base that both have is copied. */
        COPIED_ABOVE_BASE
    }
}
