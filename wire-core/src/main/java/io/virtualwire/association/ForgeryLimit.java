package io.virtualwire.association;

/**
 * How many forged datagrams from addresses that are not proven cost us a look at their tags: so many in each short while. What comes
 * from such addresses later in that while is dropped unseen.
 *
 * <p>Without forgeries nothing is dropped, so a peer whose address changes loses nothing by this; amid a flood it is heard in the first
 * part of each while. Datagrams from proven addresses are always looked at, else who can forge that too could silence the peer.
 */
final class ForgeryLimit {
    static final int MOST = 64;
    static final long WHILE_NANOS = 10_000_000;

    private long since;
    private int forged;

    /** Whether the limit is reached for now. */
    boolean isReached(long now) {
        if (forged > 0 && now - since >= WHILE_NANOS) {
            forged = 0;
        }
        return forged >= MOST;
    }

    /** One more was looked at in vain. */
    void forged(long now) {
        if (forged == 0) {
            since = now;
        }
        forged++;
    }
}
