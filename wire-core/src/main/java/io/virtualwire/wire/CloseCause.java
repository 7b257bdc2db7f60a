package io.virtualwire.wire;

/** Why a generation of the far side is not listened to any more. */
public enum CloseCause {
    /** All it sent has arrived. */
    COMPLETE,
    /** Its end marker came, but what was missing before it did not, in time. */
    MISSING,
    /** A bound on time or bytes was exceeded before its end marker came. */
    EXPIRED,
    /** The tenant shut it out. */
    FENCED
}
