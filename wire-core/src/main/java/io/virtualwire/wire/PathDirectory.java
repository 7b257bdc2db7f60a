package io.virtualwire.wire;

import io.virtualwire.control.Identity;
import java.util.List;

/** Finds the way to a peer daemon, making it if need be. Called on the owner thread. */
public interface PathDirectory {

    /** The tenant that this daemon belongs to; empty if nobody has to know. */
    default String tenant() {
        return "";
    }

    /**
     * The path to {@code peer}, the same object for the same identity; kept while somebody holds it.
     *
     * @param addresses where the peer may be reached, {@code host:port}, in order of preference; empty if the peer is the
     *     one who dials. Replaces what was known if it is not empty.
     */
    WirePath acquire(Identity peer, List<String> addresses);

    /** Gives one {@link #acquire} back; a path that nobody holds may be closed. */
    void release(Identity peer);
}
