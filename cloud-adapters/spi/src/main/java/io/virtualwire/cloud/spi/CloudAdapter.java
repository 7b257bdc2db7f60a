package io.virtualwire.cloud.spi;

import java.time.Duration;
import java.util.List;

/**
 * What a cloud must offer to hold hosts.
 *
 * <ol>
 *   <li>Launching is idempotent: a host that exists under the name is returned as it is.
 *   <li>Removing is idempotent: removing what is absent succeeds. Nothing of the host is left afterwards.
 *   <li>What exists is read from the cloud at every call; the adapter remembers nothing, so another process sees the same.
 *   <li>A launch that fails leaves nothing behind.
 *   <li>Hosts of one cloud reach each other's {@link CloudHost#address} and are told apart by it.
 * </ol>
 */
public interface CloudAdapter {

    /** The cloud's name, as the user chose it. */
    String name();

    /** The hosts there are, in the order of their names. */
    List<CloudHost> hosts();

    /**
     * Makes a host, or returns the one of that name.
     *
     * @param host 1 to 8 of {@code a-z 0-9 -}, beginning with a letter
     */
    CloudHost launch(String host);

    /** Removes a host and what was made for it. */
    void remove(String host);

    /** Runs a command on a host and waits for it; ends it when {@code limit} has passed. */
    CommandResult run(String host, Duration limit, List<String> command);
}
