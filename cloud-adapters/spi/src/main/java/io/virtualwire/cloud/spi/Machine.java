package io.virtualwire.cloud.spi;

import io.virtualwire.frame.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A virtual machine as its hypervisor sees it.
 *
 * @param id the same wherever it moves
 * @param nics in the order in which the guest has them
 */
public record Machine(String name, UUID id, State state, List<Nic> nics) {
    public Machine {
        nics = List.copyOf(nics);
    }

    /** What it does now. */
    public enum State {
        STOPPED,
        RUNNING,
        /** It has its memory, and does not run: at the beginning and at the end of a move, say. */
        PAUSED,
        CRASHED
    }

    /**
     * A network interface of the guest.
     *
     * @param kind how the hypervisor connects it: {@code ethernet}, {@code bridge} …
     * @param device the host's interface; empty while there is none, and while it has a name that the hypervisor chose, since
     *     that may be another's tomorrow and at another place
     */
    public record Nic(MacAddress mac, String kind, Optional<String> device) {}
}
