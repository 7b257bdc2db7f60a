package io.virtualwire.kernel;

/** What one generation of a far end is to a side; the numbers are those of the programs. */
public enum LegState {
    /** Heard; nothing follows from it. */
    HEARD,
    /** Heard; its first frame makes the side send to it. */
    SUCCESSOR,
    /** Was the successor, and its first frame has come. */
    FLIPPED
}
