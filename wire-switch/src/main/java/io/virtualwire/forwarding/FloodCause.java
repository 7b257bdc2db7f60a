package io.virtualwire.forwarding;

/** Why a frame goes to all ports. */
public enum FloodCause {
    /** The destination is a broadcast or multicast address. */
    GROUP_DESTINATION,
    /** The destination is not in the forwarding database. */
    UNKNOWN_DESTINATION
}
