package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What launches, names and removes hosts in one cloud. Every call may block.
 *
 * <ol>
 *   <li>Launching is idempotent: a host that exists under the name is returned as it is.
 *   <li>Removing is idempotent: removing what is absent succeeds. Nothing of the host is left afterwards.
 *   <li>What exists is read from the cloud at every call; the adapter remembers nothing, so another process sees the same.
 *   <li>A launch that fails leaves nothing behind.
 *   <li>Hosts of one cloud reach each other's {@link CloudHost#addressFor} and are told apart by it.
 *   <li>Whatever an adapter makes is found again by {@link #resources}, also what a killed process left half made.
 *   <li>Nothing secret is in its settings, in a command's arguments, in a message or in what it logs.
 * </ol>
 */
public interface CloudAdapter extends AutoCloseable {

    /** The cloud's name, as the user chose it. */
    String name();

    /** The hosts there are, in the order of their names; none that is {@link HostState#GONE}. */
    List<CloudHost> hosts();

    /** Makes a host and waits until it runs, or returns the one of that name. */
    CloudHost launch(HostOrder order);

    /**
     * Takes in a machine that exists; only clouds that launch nothing by themselves do.
     *
     * @param where how it is reached, in the cloud's words
     */
    default CloudHost adopt(String name, String where) {
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "cloud " + name() + " takes no machines in: it launches its hosts by itself",
                "run 'wire host launch --cloud " + name() + "', or add " + where + " to a cloud of type ssh");
    }

    /** Removes a host and what was made for it. */
    void remove(String host);

    /** Commands and files on a host; to be closed. */
    HostShell shell(CloudHost host);

    /**
     * Lets exactly these peers reach a host's ports: what was let in and is not named is let in no more, but for the person who runs
     * this, whom the cloud's own settings let in. A cloud in which nothing filters does nothing.
     */
    void admit(String host, Set<Admission> peers);

    /** As which address hosts of other clouds see all of this one's, if a translation of addresses stands between them. */
    default Optional<InetAddress> outside() {
        return Optional.empty();
    }

    /** Whether nobody reaches the ports of daemons' data who was not admitted; whoever runs this is not. */
    default boolean filters() {
        return false;
    }

    /** Everything in the cloud that was made by this adapter, with what it costs. */
    List<CloudResource> resources();

    /** What a further host would cost for an hour, with everything that is made for it; empty if that is not known. */
    default Optional<BigDecimal> dollarsPerHour() {
        return Optional.empty();
    }

    @Override
    void close();
}
