package io.virtualwire.wire;

/**
 * What one side record makes of one generation of the far side (docs/wire-protocol.md section 5).
 *
 * <pre>
 *   EXPECTED ──flip──▶ ACTIVE ──flip to successor──▶ CLOSING ──complete──▶ CLOSED
 *       │                 │                                                   ▲
 *       └─────────────────┴──────────────── fence ────────────────────────────┘
 * </pre>
 */
public enum PeerState {
    /** Announced; not heard yet. */
    EXPECTED,
    /** The one to send to and to listen to; at most one of a record. */
    ACTIVE,
    /** Superseded; listened to until all it sent has arrived. */
    CLOSING,
    /** Not listened to any more. */
    CLOSED
}
