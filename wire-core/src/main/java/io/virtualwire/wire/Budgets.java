package io.virtualwire.wire;

import io.virtualwire.control.TenantQuotas;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the wires of each tenant may hold together, on whatever owner thread they are. Any thread. */
final class Budgets {
    private final TenantQuotas quotas;
    /** By tenant; those of tenants that are gone hold nothing, and there are few. */
    private final Map<String, BufferBudget> budgets = new ConcurrentHashMap<>();

    Budgets(TenantQuotas quotas) {
        this.quotas = quotas;
    }

    BufferBudget of(String tenant) {
        return budgets.computeIfAbsent(tenant, it -> new BufferBudget(() -> quotas.bufferBytes(it)));
    }
}
