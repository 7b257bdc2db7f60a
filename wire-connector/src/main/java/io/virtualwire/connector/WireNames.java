package io.virtualwire.connector;

import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.WireId;

/** How the wire stack, which knows all tenants' wires, calls each: the own tenant's by their bare ids, others' with the tenant. */
final class WireNames {
    private final String ownTenant;

    WireNames(String ownTenant) {
        this.ownTenant = ownTenant;
    }

    WireId wire(String tenant, WireId wire) {
        return wire.of(tenant.equals(ownTenant) ? "" : tenant);
    }

    WireId wire(SideKey key) {
        return wire(key.tenant(), key.wire());
    }

    String tenantOf(WireId wire) {
        return wire.tenant().isEmpty() ? ownTenant : wire.tenant();
    }
}
