package io.virtualwire.handoff;

/**
 * What an instance of a component may do.
 *
 * <pre>
 *   PREPARING ──legs and relay legs agreed──▶ PREPARED ──handoff──▶ DECIDING ──yield──▶ YIELDED ──▶ RETIRED
 *        │                                       │                     ▲
 *        ├─────handoff: the others are silent────┼─────────────────────┤
 *        ├───────────────────────────────────────┴──takeover, fenced───┘
 *        └──called off──▶ RETIRED
 * </pre>
 */
public enum InstanceState {
    /** Its sides are standby; some relay leg, or leg to the far end that is active, is not agreed yet. */
    PREPARING,
    /** Its sides are standby, and every relay leg is agreed, and every leg to the far end that is active. */
    PREPARED,
    /** It forwards. */
    DECIDING,
    /** It relays what still comes. */
    YIELDED,
    /** Its sides are gone. */
    RETIRED
}
