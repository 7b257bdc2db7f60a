package io.virtualwire.cloud.spi;

/**
 * Whether a machine of a cloud runs.
 *
 * <pre>
 *   STARTING ──▶ RUNNING ◀──▶ STOPPED
 *       └───────────┴────────────┴──▶ GONE
 * </pre>
 */
public enum HostState {
    /** It was asked for, and its kernel may not run yet. */
    STARTING,
    /** It runs. */
    RUNNING,
    /** It exists and does not run. */
    STOPPED,
    /** It is being removed, or was. */
    GONE
}
