package io.virtualwire.forwarding;

/** What learning a source address did to the forwarding database. */
enum Learned {
    NEW,
    REFRESHED,
    MOVED,
    /** The table is full of live entries; the address stays unknown, and frames for it are flooded. */
    FULL
}
