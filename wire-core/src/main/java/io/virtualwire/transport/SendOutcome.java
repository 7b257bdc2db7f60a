package io.virtualwire.transport;

/** What became of a run that was given to a {@link Transport}. */
public enum SendOutcome {
    /** The kernel has all of it. */
    SENT,
    /** The kernel's queue is full; some or all datagrams were dropped, and the next send may succeed. */
    CONGESTED,
    /** A datagram is larger than the link, or the path as the kernel knows it, takes; nothing was sent. */
    TOO_BIG,
    /** There is no way to the address, or its host refused; nothing was sent. */
    UNREACHABLE,
    /** The transport is closed. */
    CLOSED
}
