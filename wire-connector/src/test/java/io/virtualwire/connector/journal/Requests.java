package io.virtualwire.connector.journal;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.JournalEntry.EndpointPut;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Requests as tests need them. */
final class Requests {
    static final String TENANT = "acme";
    static final WireId WIRE = WireId.named("test");
    static final SideKey SIDE = new SideKey(TENANT, WIRE, Side.A);

    private Requests() {}

    static Generation generation(long number) {
        return new Generation(number, "");
    }

    static PeerDescription peer(String name, long generation) {
        return new PeerDescription(
                new Identity(TENANT, name), generation(generation), List.of("192.0.2.1:7471"), false);
    }

    static ConnectRequest connect(long generation, PeerDescription peer) {
        return connect(WIRE, "web", generation, peer);
    }

    static ConnectRequest connect(WireId wire, String endpoint, long generation, PeerDescription peer) {
        return new ConnectRequest(
                wire,
                Side.A,
                generation(generation),
                endpoint,
                peer,
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    static EndpointPut endpoint(String name) {
        return new EndpointPut(TENANT, EndpointDescription.named(name));
    }

    /** A ledger that has endpoint {@code web}. */
    static Ledger ledger() {
        Ledger ledger = new Ledger();
        ledger.apply(endpoint("web"));
        return ledger;
    }

    static LedgerChange<String> put(String name) {
        return change(name, ledger -> List.of(endpoint(name)));
    }

    /** A wire of the endpoint's name. */
    static LedgerChange<String> plug(String endpoint) {
        return change(
                endpoint, ledger -> ledger.connect(TENANT, connect(WireId.named(endpoint), endpoint, 1, peer("b", 1))));
    }

    static LedgerChange<String> unplug(String endpoint) {
        return change(
                endpoint,
                ledger -> ledger.disconnect(new SideKey(TENANT, WireId.named(endpoint), Side.A), generation(1)));
    }

    private static LedgerChange<String> change(String answer, Function<Ledger, List<JournalEntry>> decision) {
        return new LedgerChange<>() {
            @Override
            public List<JournalEntry> decide(Ledger ledger) {
                return decision.apply(ledger);
            }

            @Override
            public String carryOut() {
                return answer;
            }
        };
    }
}
