package io.virtualwire.migration;

import io.virtualwire.control.Generation;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a far side is, compared with how it is wanted.
 *
 * @param detail why it is not as wanted; empty if it is, or nothing is known yet
 * @param disconnectedAt the generation up to which somebody has disconnected it: only a higher one will be taken
 */
public record FarEndStatus(Progress progress, String detail, Optional<Generation> disconnectedAt) {
    public static final FarEndStatus PENDING = new FarEndStatus(Progress.PENDING, "");
    public static final FarEndStatus CONFIRMED = new FarEndStatus(Progress.CONFIRMED, "");

    public FarEndStatus(Progress progress, String detail) {
        this(progress, detail, Optional.empty());
    }

    /** That of the one that is farthest from what is wanted; confirmed if there is none. */
    public static FarEndStatus ofAll(Stream<FarEndStatus> all) {
        return all.max(Comparator.comparing(status -> switch (status.progress()) {
                    case CONFIRMED -> 0;
                    case FAILED -> 1;
                    case PENDING -> 2;
                }))
                .orElse(CONFIRMED);
    }

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
