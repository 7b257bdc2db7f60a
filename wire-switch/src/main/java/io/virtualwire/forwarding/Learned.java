package io.virtualwire.forwarding;

/** What learning a source address did to the forwarding database. */
enum Learned {
    NEW,
    REFRESHED,
    MOVED,
    /** A static entry says that the address is behind another port; it stays so. */
    FIXED_ELSEWHERE,
    /** The table is full of live entries; the address stays unknown, and frames for it are flooded. */
    FULL
}
