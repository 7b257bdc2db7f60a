package io.virtualwire.cloud.spi;

import java.util.Map;
import java.util.UUID;

/**
 * The memory of a hypervisor's host, and of the machines that run or are paused there.
 *
 * @param givenMebibytes what each may use at most
 */
public record HostMemory(long totalMebibytes, Map<UUID, Long> givenMebibytes) {
    public HostMemory {
        givenMebibytes = Map.copyOf(givenMebibytes);
    }

    /** What no machine was given. */
    public long freeMebibytes() {
        return totalMebibytes
                - givenMebibytes.values().stream().mapToLong(Long::longValue).sum();
    }
}
