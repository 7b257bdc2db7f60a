package io.virtualwire.connector.succession;

/**
 * Up to where a succession has come, on either side.
 *
 * <pre>
 *   old:  ASKED ──▶ STANDING_STILL ──▶ OFFERED ──▶ LEFT
 *   new:                PREPARED ──▶ RECEIVED ──▶ RESTORED ──▶ TAKEN ──▶ GOES_ON
 * </pre>
 */
public enum Stage {
    /** A successor has greeted and is prepared. */
    ASKED,
    /** Neither data path nor journal move. */
    STANDING_STILL,
    /** The successor has been sent everything. */
    OFFERED,
    /** The successor said that it is the connector now. */
    LEFT,
    /** All that can be made before is made. */
    PREPARED,
    /** Everything is here. */
    RECEIVED,
    /** Everything is in place; nothing is sent yet. */
    RESTORED,
    /** The predecessor was told. */
    TAKEN,
    /** Frames pass. */
    GOES_ON
}
