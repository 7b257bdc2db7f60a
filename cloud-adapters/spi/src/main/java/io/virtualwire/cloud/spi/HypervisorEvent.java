package io.virtualwire.cloud.spi;

import java.util.List;
import java.util.UUID;

/** What a hypervisor tells by itself. */
public sealed interface HypervisorEvent {

    /**
     * A machine does something else now.
     *
     * @param detail why, in the hypervisor's words: {@code booted}, {@code migrated}, {@code paused} …
     */
    record MachineChanged(String name, UUID id, Change change, String detail) implements HypervisorEvent {
        /** Whether it is part of a move, at its source or at its target. */
        public boolean migrated() {
            return detail.equals(MIGRATED);
        }
    }

    /** The hypervisor is out of reach; it is tried again. */
    record ConnectionLost(String why) implements HypervisorEvent {}

    /** It is there again, or is there for the first time: this is how things stand. */
    record ConnectionBack(List<Machine> machines) implements HypervisorEvent {
        public ConnectionBack {
            machines = List.copyOf(machines);
        }
    }

    /** The {@link MachineChanged#detail} of what is part of a move. */
    String MIGRATED = "migrated";

    /** What a machine may come to. */
    enum Change {
        DEFINED,
        REMOVED,
        /** It has its memory; at the target of a move it does not run yet. */
        STARTED,
        SUSPENDED,
        RESUMED,
        STOPPED,
        /** The guest itself has ended. */
        SHUT_DOWN,
        CRASHED
    }
}
