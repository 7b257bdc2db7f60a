package io.virtualwire.wire;

/** What made a standby side active. */
public enum ActivationCause {
    /** It was connected as active. */
    ROLE,
    COMMAND,
    /** The first authentic frame of its peer. */
    PEER_FRAME,
    /** The guest announced itself: RARP or gratuitous ARP with the endpoint's own MAC address, or the first frame from it. */
    ANNOUNCEMENT
}
