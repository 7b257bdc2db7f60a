package io.virtualwire.connector;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.endpoint.EndpointHost;
import io.virtualwire.connector.endpoint.TapEndpoints;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.JournalEntry;
import io.virtualwire.connector.journal.JournalEntry.EndpointPut;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerChange;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Optional;

/** Makes an endpoint: first the device, then the promise, so that what cannot be made is not promised. */
final class EndpointAddition implements LedgerChange<EndpointKey> {
    private final EndpointKey key;
    private final EndpointDescription endpoint;
    private final Admission admission;
    private final EndpointHost host;
    private boolean plugged;

    EndpointAddition(EndpointKey key, EndpointDescription endpoint, Admission admission, EndpointHost host) {
        this.key = key;
        this.endpoint = endpoint;
        this.admission = admission;
        this.host = host;
    }

    @Override
    public int journalVersion() {
        return EndpointPut.versionOf(endpoint);
    }

    @Override
    public List<JournalEntry> decide(Ledger ledger) {
        Optional<EndpointDescription> known = ledger.endpoint(key);
        if (known.isPresent()) {
            if (known.get().equals(endpoint)) {
                return List.of();
            }
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "cannot make endpoint " + key + " as " + endpoint + ": it is here already as " + known.get(),
                    "remove it first, or leave it as it is");
        }
        ledger.requireOpen("make endpoint " + key);
        // Before anything is said about other tenants' devices.
        admission.admitEndpoint(key.tenant(), endpoint, ledger.endpointsOf(key.tenant()));
        ledger.holderOf(endpoint).ifPresent(owner -> {
            throw owner.tenant().equals(key.tenant()) ? inUse() : somebodyElses();
        });
        host.plug(key, endpoint);
        plugged = true;
        return List.of(new EndpointPut(key.tenant(), endpoint));
    }

    private WireException inUse() {
        return new WireException(
                ErrorCode.IN_USE,
                "cannot make endpoint " + key + ": network device " + endpoint.device()
                        + " belongs to another endpoint",
                "choose another device with --tap");
    }

    /** The answers that a device gets which is nobody's endpoint: whose it is, is nobody's business. */
    private WireException somebodyElses() {
        return endpoint.existing() ? TapEndpoints.absent(key, endpoint) : TapEndpoints.taken(key, endpoint.device());
    }

    @Override
    public void undo() {
        if (plugged) {
            host.unplug(key, true);
        }
    }

    @Override
    public EndpointKey carryOut() {
        return key;
    }
}
