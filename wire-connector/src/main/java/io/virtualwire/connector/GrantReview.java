package io.virtualwire.connector;

import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.endpoint.EndpointHost;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.LedgerSide;
import io.virtualwire.connector.journal.SideKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is here and no grant covers any more: named as long as it stays, taken away when the operator says so. */
final class GrantReview {
    private final DurableLedger ledger;
    private final Admission admission;
    private final EndpointHost endpoints;
    private final DataPlane dataPlane;

    GrantReview(DurableLedger ledger, Admission admission, EndpointHost endpoints, DataPlane dataPlane) {
        this.ledger = ledger;
        this.admission = admission;
        this.endpoints = endpoints;
        this.dataPlane = dataPlane;
    }

    /** Endpoints as {@code tenant/name}, sides as {@code wire/side of tenant}. */
    List<String> ungranted() {
        List<String> found = new ArrayList<>();
        ungrantedEndpoints().forEach(key -> found.add("endpoint " + key));
        ungrantedSides().forEach((key, side) -> found.add("side " + key + " of tenant " + side.tenant()));
        return found;
    }

    /** Disconnects and removes it. */
    void enforce() {
        ungrantedSides()
                .forEach((key, side) -> ledger.change(new SideDisconnection(key, side.generation(), dataPlane)));
        ungrantedEndpoints().forEach(key -> ledger.change(new EndpointRemoval(key, true, endpoints, dataPlane)));
    }

    private List<EndpointKey> ungrantedEndpoints() {
        List<EndpointKey> found = new ArrayList<>();
        ledger.read(it -> new LinkedHashMap<>(it.endpoints())).forEach((key, endpoint) -> {
            if (!admission.covers(key.tenant(), endpoint)) {
                found.add(key);
            }
        });
        return found;
    }

    private Map<SideKey, LedgerSide> ungrantedSides() {
        Map<SideKey, LedgerSide> found = new LinkedHashMap<>();
        ledger.read(it -> new LinkedHashMap<>(it.sides())).forEach((key, side) -> {
            if (side.isConnected() && !admission.coversDestinations(side.tenant(), pathsOf(side))) {
                found.put(key, side);
            }
        });
        return found;
    }

    private static List<String> pathsOf(LedgerSide side) {
        return side.requests().stream().flatMap(it -> Paths.of(it).stream()).toList();
    }
}
