package io.virtualwire.migration;

/**
 * How a far side is, compared with how it is wanted.
 *
 * @param detail why it is not as wanted; empty if it is, or nothing is known yet
 */
public record FarEndStatus(Progress progress, String detail) {
    public static final FarEndStatus PENDING = new FarEndStatus(Progress.PENDING, "");
    public static final FarEndStatus CONFIRMED = new FarEndStatus(Progress.CONFIRMED, "");

    /** Where the latest attempt stands. */
    public enum Progress {
        /** Asked; no answer yet. */
        PENDING,
        /** The connector has it on its disk. */
        CONFIRMED,
        /** The connector did not answer, or refused; it is asked again. */
        FAILED
    }

    /** Whether the connector has answered, or is known not to answer. */
    public boolean isSettled() {
        return progress != Progress.PENDING;
    }
}
