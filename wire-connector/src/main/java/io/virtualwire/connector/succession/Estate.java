package io.virtualwire.connector.succession;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.control.Identity;
import io.virtualwire.stack.StackImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a connector leaves, besides its journal. It holds keys: it goes from memory to memory and is never written down.
 *
 * @param identity whose it is
 * @param overflows how many datagrams the kernel is known to have dropped at the socket, whose descriptor comes first
 * @param furtherOverflows the same of the sockets of further owner threads, whose descriptors follow; null if there are none
 * @param devices whose descriptors follow, in this order
 */
public record Estate(
        Identity identity,
        StackImage stack,
        int overflows,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> furtherOverflows,
        List<Device> devices) {

    /** The same with these devices only. */
    public Estate with(List<Device> others) {
        return new Estate(identity, stack, overflows, furtherOverflows, others);
    }

    /** The version of the hand-over that can say all this. */
    int version() {
        return sockets() == 1 ? 1 : 2;
    }

    /** How many sockets there are. */
    public int sockets() {
        return 1 + (furtherOverflows == null ? 0 : furtherOverflows.size());
    }

    /** Of each socket, how many datagrams the kernel is known to have dropped. */
    public List<Integer> allOverflows() {
        return Stream.concat(
                        Stream.of(overflows), furtherOverflows == null ? Stream.empty() : furtherOverflows.stream())
                .toList();
    }

    /** An endpoint's TAP device, which is open. */
    public record Device(String tenant, String endpoint, String device, Optional<String> namespace, int mtu) {}
}
