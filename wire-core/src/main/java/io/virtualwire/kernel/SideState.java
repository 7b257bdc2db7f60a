package io.virtualwire.kernel;

/**
 * What a side's own guest may do.
 *
 * <pre>
 *   NONE ──plug──▶ STANDBY ──activate, or RARP from the guest──▶ ACTIVE ◀──activate── YIELDED
 *                                                                  └───────yield───────▲
 * </pre>
 *
 * <p>What the far end sends is delivered in every state. The numbers are those of the programs.
 */
public enum SideState {
    /** There is no such side. */
    NONE,
    /** Hears, says nothing, and begins to speak by itself when its guest announces itself by RARP. */
    STANDBY,
    /** Hears and speaks. */
    ACTIVE,
    /** Hears, and says nothing whatever its guest does. */
    YIELDED
}
