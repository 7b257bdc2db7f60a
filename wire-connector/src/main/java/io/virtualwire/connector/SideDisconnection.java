package io.virtualwire.connector;

import io.virtualwire.connector.journal.JournalEntry;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerChange;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.Generation;
import java.util.List;

/** Disconnects a side, and remembers its generation. */
final class SideDisconnection implements LedgerChange<SideKey> {
    private final SideKey key;
    private final Generation generation;
    private final DataPlane dataPlane;

    SideDisconnection(SideKey key, Generation generation, DataPlane dataPlane) {
        this.key = key;
        this.generation = generation;
        this.dataPlane = dataPlane;
    }

    @Override
    public List<JournalEntry> decide(Ledger ledger) {
        return ledger.disconnect(key, generation);
    }

    @Override
    public SideKey carryOut() {
        dataPlane.disconnect(key, generation);
        return key;
    }
}
