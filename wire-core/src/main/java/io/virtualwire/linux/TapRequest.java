package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;

/**
 * Which TAP device to open, and how.
 *
 * @param name the interface's name; one that exists is opened, else it is created
 * @param namespace where the interface is
 * @param persistent whether the interface outlives the descriptor
 * @param multiQueue whether several descriptors may hold it
 */
public record TapRequest(String name, NetworkNamespace namespace, boolean persistent, boolean multiQueue) {
    private static final int MAX_NAME_BYTES = 15;

    public TapRequest {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_NAME_BYTES || name.contains("/") || name.contains("%") || name.contains(" ")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + name + "' is not an interface name",
                    "use 1 to 15 bytes without '/', '%' and spaces");
        }
    }

    /** A single-queue device in this process's namespace that vanishes when it is closed. */
    public static TapRequest named(String name) {
        return new TapRequest(name, NetworkNamespace.own(), false, false);
    }

    public TapRequest in(NetworkNamespace where) {
        return new TapRequest(name, where, persistent, multiQueue);
    }

    public TapRequest persistent(boolean outlives) {
        return new TapRequest(name, namespace, outlives, multiQueue);
    }
}
