package io.virtualwire.connector.journal;

import java.util.List;

/**
 * One request to a {@link DurableLedger}, in the steps that make it all or nothing. Every step runs on the ledger's thread.
 *
 * @param <T> what the one who asked is answered
 */
public interface LedgerChange<T> {

    /**
     * Decides: gives what has to be written (nothing if all is so already) or throws to refuse. May do what {@link #undo}
     * can take back.
     */
    List<JournalEntry> decide(Ledger ledger);

    /** The journal version that first had what {@link #decide} may give. */
    default int journalVersion() {
        return 1;
    }

    /** Takes back what {@link #decide} did, because it could not be written. */
    default void undo() {}

    /** Carries out what is now on disk; in the order in which it was written. */
    T carryOut();
}
