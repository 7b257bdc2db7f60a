package io.virtualwire.wire;

import io.virtualwire.control.Generation;

/** Where a yielded record sends on what still arrives: its successor's place. */
interface RelayOut {
    Generation generation();

    /** Whether frames can be relayed now. */
    boolean ready();

    /** Relays a frame; false if it was lost on the way out. */
    boolean frame(Peer sender, long number, byte[] bytes, int offset, int length);

    /** Says that no more of this sender will come; repeated by the caller until it is answered. */
    void end(Peer sender);

    void close();
}
