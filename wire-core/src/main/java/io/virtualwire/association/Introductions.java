package io.virtualwire.association;

import io.virtualwire.control.Identity;

/** Who is told what a relay says of other peers; first owner thread only. */
interface Introductions {
    /** A peer asks for us at this relay. */
    void called(Identity relay, StreamMessage.Call call);

    /** The relay sees a peer there. */
    void seen(Identity relay, StreamMessage.Seen seen);
}
