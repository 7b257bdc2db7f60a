package io.virtualwire.connector.endpoint;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.control.WireException;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What stands behind endpoints: devices on a host.
 *
 * <ol>
 *   <li>{@link #plug} gives the endpoint its device and its port, or throws and leaves nothing behind.
 *   <li>It is idempotent, and takes over what it made itself in an earlier life: the guest's configuration of the device
 *       survives this process.
 *   <li>{@link #unplug} of what is not plugged does nothing.
 *   <li>Calls come from one thread at a time, but for {@link #state}.
 * </ol>
 */
public interface EndpointHost {

    void plug(EndpointKey key, EndpointDescription endpoint);

    /**
     * The same for many, one after the other; gives how many were plugged.
     *
     * @param refused told what could not be
     */
    default int plugAll(
            Map<EndpointKey, EndpointDescription> endpoints, BiConsumer<EndpointKey, WireException> refused) {
        int plugged = 0;
        for (Map.Entry<EndpointKey, EndpointDescription> entry : endpoints.entrySet()) {
            try {
                plug(entry.getKey(), entry.getValue());
                plugged++;
            } catch (WireException e) {
                refused.accept(entry.getKey(), e);
            }
        }
        return plugged;
    }

    /** Takes the port away; also removes the device if {@code forget} and it was made here. */
    void unplug(EndpointKey key, boolean forget);

    /** Looks at the device again; whether it is there and is the one that was plugged. */
    boolean check(EndpointKey key);

    /** How the endpoint does, as far as is known. */
    EndpointState state(EndpointKey key);
}
