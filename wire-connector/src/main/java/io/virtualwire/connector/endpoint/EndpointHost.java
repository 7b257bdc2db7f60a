package io.virtualwire.connector.endpoint;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.EndpointKey;

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

    /** Takes the port away; also removes the device if {@code forget} and it was made here. */
    void unplug(EndpointKey key, boolean forget);

    /** Looks at the device again; whether it is there and is the one that was plugged. */
    boolean check(EndpointKey key);

    /** How the endpoint does, as far as is known. */
    EndpointState state(EndpointKey key);
}
