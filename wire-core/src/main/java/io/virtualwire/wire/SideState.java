package io.virtualwire.wire;

/**
 * What a side record may do (docs/wire-protocol.md section 5).
 *
 * <pre>
 *   STANDBY ──activate──▶ ACTIVE
 *      │                   │ ▲
 *      │             yield │ │ resume (unless superseded)
 *      │                   ▼ │
 *      └──superseded──▶ YIELDED ──disconnect──▶ (gone)
 * </pre>
 */
public enum SideState {
    /** Ready to receive; what arrives is held; sends no FRAME and no HELLO. */
    STANDBY,
    /** Sends and receives. */
    ACTIVE,
    /** Mute: what still arrives is relayed to the successor. */
    YIELDED
}
