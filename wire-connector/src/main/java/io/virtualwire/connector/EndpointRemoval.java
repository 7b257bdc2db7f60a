package io.virtualwire.connector;

import io.virtualwire.connector.endpoint.EndpointHost;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.JournalEntry;
import io.virtualwire.connector.journal.JournalEntry.EndpointRemoved;
import io.virtualwire.connector.journal.JournalEntry.SideDisconnected;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerChange;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;

/** Removes an endpoint; refuses while a side uses it, unless that is to go with it. */
final class EndpointRemoval implements LedgerChange<EndpointKey> {
    private final EndpointKey key;
    private final boolean force;
    private final EndpointHost host;
    private final DataPlane dataPlane;
    private final List<SideDisconnected> disconnected = new ArrayList<>();
    private boolean present;

    EndpointRemoval(EndpointKey key, boolean force, EndpointHost host, DataPlane dataPlane) {
        this.key = key;
        this.force = force;
        this.host = host;
        this.dataPlane = dataPlane;
    }

    @Override
    public List<JournalEntry> decide(Ledger ledger) {
        present = ledger.endpoint(key).isPresent();
        if (!present) {
            return List.of();
        }
        List<SideKey> users = ledger.usersOf(key);
        if (!users.isEmpty() && !force) {
            throw new WireException(
                    ErrorCode.IN_USE,
                    "cannot remove endpoint " + key + ": it is connected by " + users,
                    "disconnect first, or use --force to do both");
        }
        List<JournalEntry> entries = new ArrayList<>();
        for (SideKey user : users) {
            Generation generation = ledger.side(user).orElseThrow().generation();
            disconnected.add(new SideDisconnected(key.tenant(), user.wire(), user.side(), generation));
        }
        entries.addAll(disconnected);
        entries.add(new EndpointRemoved(key.tenant(), key.name()));
        return entries;
    }

    @Override
    public EndpointKey carryOut() {
        if (present) {
            disconnected.forEach(
                    it -> dataPlane.disconnect(new SideKey(it.tenant(), it.wire(), it.side()), it.generation()));
            host.unplug(key, true);
        }
        return key;
    }
}
