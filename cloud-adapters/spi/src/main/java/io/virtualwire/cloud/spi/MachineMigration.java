package io.virtualwire.cloud.spi;

import io.virtualwire.control.WireException;
import java.util.concurrent.CompletionStage;

/** A move that is under way. Safe for use by several threads. */
public interface MachineMigration {

    /** How far it is; the last that was known, once it has ended. */
    Progress progress();

    /** Asks to give up; the machine then goes on where it was, unless it has arrived already. */
    void abort();

    /** How it ended; never fails itself. */
    CompletionStage<Outcome> outcome();

    /**
     * How far a move is.
     *
     * @param totalBytes of memory and disks
     * @param remainingBytes to be copied yet
     * @param copiedBytes so far, again what was copied again
     */
    record Progress(long elapsedMillis, long totalBytes, long remainingBytes, long copiedBytes) {}

    /** How a move ended, as its source tells it. */
    sealed interface Outcome {
        /** It runs at the target. */
        record Arrived(Progress last) implements Outcome {}

        /** It was given up because somebody asked for that. */
        record Aborted() implements Outcome {}

        /** It failed. Where the machine is has to be read. */
        record Failed(WireException why) implements Outcome {}
    }
}
