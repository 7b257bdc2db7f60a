package io.virtualwire.wire;

/**
 * What, besides a command, makes a standby side of an endpoint active.
 *
 * @param onPeerFrame the first authentic frame of its peer
 * @param onAnnouncement RARP or gratuitous ARP out of the endpoint's own port
 * @param onOwnFrame any frame out of that port from the endpoint's own address: a guest that was started there, and not moved,
 *     may not announce itself
 * @param mac the endpoint's own address as 48 bits, which an announcement must name; 0 if any will do
 */
public record Activation(boolean onPeerFrame, boolean onAnnouncement, boolean onOwnFrame, long mac) {
    /** Without {@link #onOwnFrame}. */
    public Activation(boolean onPeerFrame, boolean onAnnouncement, long mac) {
        this(onPeerFrame, onAnnouncement, false, mac);
    }

    public static final Activation BY_COMMAND = new Activation(false, false, 0);
}
