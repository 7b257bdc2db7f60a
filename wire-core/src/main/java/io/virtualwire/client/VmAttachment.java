package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine's interface that is to be an endpoint of the fabric.
 *
 * @param domain how its hypervisor calls the machine
 * @param host where it is
 * @param nic the interface's number, from 0
 * @param endpoint how the endpoint is to be called; empty: as the one that the connector was told to make of the device, else as
 *     the machine, with the number unless that is 0
 * @param mtu of the guest; 0: what Ethernet has
 * @param device the host's interface, if no hypervisor that can be asked knows the machine; else empty
 * @param mac the guest's address, with {@code device}; else empty
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record VmAttachment(
        String domain,
        String host,
        @JsonInclude int nic,
        @JsonInclude String endpoint,
        @JsonInclude int mtu,
        @Nullable String device,
        @Nullable String mac) {
    /** An interface that the hypervisor describes. */
    public VmAttachment(String domain, String host, int nic, String endpoint, int mtu) {
        this(domain, host, nic, endpoint, mtu, null, null);
    }

    /** Whether it is described here, so that no hypervisor needs to be asked. */
    @JsonIgnore
    public boolean isDescribed() {
        return device != null && mac != null && !device.isEmpty() && !mac.isEmpty();
    }
}
