package io.virtualwire.connector.succession;

import io.virtualwire.control.Identity;
import io.virtualwire.stack.StackImage;
import java.util.List;
import java.util.Optional;

/**
 * All that a connector leaves, besides its journal. It holds keys: it goes from memory to memory and is never written down.
 *
 * @param identity whose it is
 * @param overflows how many datagrams the kernel is known to have dropped at the socket, whose descriptor comes first
 * @param devices whose descriptors follow, in this order
 */
public record Estate(Identity identity, StackImage stack, int overflows, List<Device> devices) {

    /** An endpoint's TAP device, which is open. */
    public record Device(String tenant, String endpoint, String device, Optional<String> namespace, int mtu) {}
}
