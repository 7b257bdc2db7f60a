package io.virtualwire.topology;

/**
 * How far a virtual machine's move is, as the log has it.
 *
 * <pre>
 *   begin ─▶ PREPARE ──the standbys stand──▶ MOVE ──it runs at the target──▶ ACTIVATE ──every side there is active──▶ DRAIN
 *               │                              │                                │                                      │
 *      it does not run, the target      it runs at the source            it runs at the source                the source has yielded
 *      refuses, too late, given up      and no job moves it              and not at the target                         ▼
 *               │                              │                                │                                   CLEAN_UP
 *               └──────────────┬───────────────┴────────────────────────────────┘                                      │
 *                              ▼                                                                       nothing is left, or too late
 *                         ROLLED_BACK                                                                                  ▼
 *                                                                                                                    DONE
 * </pre>
 *
 * <p>Where the machine runs is read from both hypervisors, and is what decides; what a hypervisor reports of the move's end is
 * only a reason to look. What is owed to hosts that did not answer in time is a {@link VmDebt}, and outlives the move.
 */
public enum VmMovePhase {
    /** Endpoint and standby of each wire are made at the target; the machine and its network are as before. */
    PREPARE,
    /** The hypervisors move it. */
    MOVE,
    /** It runs at the target; its sides are made active there, if its own announcement has not done that. */
    ACTIVATE,
    /** What was on its way to the source is relayed. */
    DRAIN,
    /** Sides and endpoint at the source are removed. */
    CLEAN_UP,
    /** It is at the target. */
    DONE,
    /** It is at the source. */
    ROLLED_BACK;

    /** Whether another move may begin. */
    public boolean isOver() {
        return this == DONE || this == ROLLED_BACK;
    }

    /** Whether it may still be called off. */
    public boolean mayRollBack() {
        return this == PREPARE || this == MOVE || this == ACTIVATE;
    }
}
