package io.virtualwire.connector;

import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.journal.JournalEntry;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerChange;
import io.virtualwire.connector.journal.LedgerSide;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;

/** Connects a side: first the promise, then the data plane. */
final class SideConnection implements LedgerChange<SideStatus> {
    private final String tenant;
    private final ConnectRequest request;
    private final Admission admission;
    private final DataPlane dataPlane;
    private boolean changed;

    SideConnection(String tenant, ConnectRequest request, Admission admission, DataPlane dataPlane) {
        this.tenant = tenant;
        this.request = request;
        this.admission = admission;
        this.dataPlane = dataPlane;
    }

    @Override
    public List<JournalEntry> decide(Ledger ledger) {
        List<JournalEntry> entries = ledger.connect(tenant, request);
        SideKey key = new SideKey(tenant, request.wire(), request.side());
        if (!ledger.side(key).map(LedgerSide::isConnected).orElse(false)) {
            admission.admitSide(tenant, ledger.sidesOf(tenant));
        }
        changed = !entries.isEmpty();
        if (changed) {
            dataPlane.requireBackend(tenant, request);
        }
        return entries;
    }

    @Override
    public SideStatus carryOut() {
        if (!changed) {
            Optional<SideStatus> present = dataPlane.side(new SideKey(tenant, request.wire(), request.side()));
            if (present.isPresent()) {
                return present.get();
            }
        }
        return dataPlane.connect(tenant, request);
    }
}
