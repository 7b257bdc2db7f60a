package io.virtualwire.connector;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.endpoint.EndpointHost;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.JournalEntry.SettledRole;
import io.virtualwire.connector.journal.LedgerSide;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Role;
import io.virtualwire.control.WireException;
import io.virtualwire.wire.SideStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings host and data plane to what the ledger says: all of it at start, and again what did not work then. */
final class Restoration {
    private static final Logger log = LoggerFactory.getLogger(Restoration.class);

    private final DurableLedger ledger;
    private final EndpointHost endpoints;
    private final DataPlane dataPlane;

    Restoration(DurableLedger ledger, EndpointHost endpoints, DataPlane dataPlane) {
        this.ledger = ledger;
        this.endpoints = endpoints;
        this.dataPlane = dataPlane;
    }

    /** Wires first: their handshakes run while the devices are opened. */
    void all() {
        Map<SideKey, LedgerSide> sides = ledger.read(it -> new LinkedHashMap<>(it.sides()));
        sides.forEach(this::restore);
        int plugged = missingEndpoints();
        long connected = sides.values().stream().filter(LedgerSide::isConnected).count();
        if (plugged + connected > 0) {
            log.info("restored {} endpoints and {} sides of wires from the journal", plugged, connected);
        }
    }

    /**
     * The same for a data plane that another process has left: it is what the ledger says, but for what happened in the very
     * moment in which neither was asked.
     */
    void differences(SettleWatcher watcher) {
        Map<SideKey, LedgerSide> wanted = ledger.read(it -> new LinkedHashMap<>(it.sides()));
        wanted.forEach((key, side) -> {
            Optional<SideStatus> there = dataPlane.side(key);
            if (there.filter(it -> it.generation().equals(side.generation())).isEmpty()) {
                restore(key, side);
            } else if (side.isConnected()) {
                watcher.catchUp(key, there.get(), side);
            }
        });
        wanted.keySet().stream()
                .map(SideKey::tenant)
                .distinct()
                .forEach(tenant -> dataPlane.sides(tenant).forEach(there -> {
                    SideKey key = new SideKey(tenant, there.wire().bare(), there.side());
                    if (!wanted.containsKey(key) || !wanted.get(key).isConnected()) {
                        dataPlane.disconnect(key, there.generation());
                    }
                }));
        missingEndpoints();
    }

    /** What the kernel carries for a data plane that another process has left. */
    void bypassed() {
        ledger.read(it -> new LinkedHashMap<>(it.sides()))
                .forEach((key, side) -> side.requests().forEach(request -> dataPlane.carryOn(key.tenant(), request)));
    }

    /** Plugs what is not up; gives how many came up. Runs on the ledger's thread, as all plugging does. */
    int missingEndpoints() {
        return ledger.read(it -> {
            Map<EndpointKey, EndpointDescription> missing = new LinkedHashMap<>();
            it.endpoints().forEach((key, endpoint) -> {
                if (!endpoints.check(key)) {
                    missing.put(key, endpoint);
                }
            });
            return endpoints.plugAll(
                    missing, (key, e) -> log.warn("endpoint {} is down: {} ({})", key, e.getMessage(), e.hint()));
        });
    }

    private void restore(SideKey key, LedgerSide side) {
        try {
            if (!side.isConnected()) {
                dataPlane.disconnect(key, side.generation());
                return;
            }
            Role asked = side.latest().options().role();
            // A side that yielded comes back mute; only an active one can yield, and no peer is agreed in between.
            Role begin = side.role() == SettledRole.YIELDED ? Role.ACTIVE : asked;
            for (ConnectRequest request : side.requests()) {
                dataPlane.connect(key.tenant(), request, begin);
            }
            if (side.role() == SettledRole.YIELDED) {
                dataPlane.yieldSide(key);
            } else if (side.role() == SettledRole.ACTIVE && asked == Role.STANDBY) {
                dataPlane.activate(key);
            }
        } catch (WireException e) {
            log.error("side {} was not restored: {} ({})", key, e.getMessage(), e.hint());
        }
    }
}
