package io.virtualwire.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.cluster.ReplicatedTable;
import io.virtualwire.cluster.TableChange;
import io.virtualwire.cluster.TableEntry;
import io.virtualwire.migration.ReplicatedStates;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Components' states in a table of the cluster, with a copy here that answers at once.
 *
 * <p>An entry's version is the generation, and within it a count: a later holder's word always wins.
 */
final class ReplicatedTableStates implements ReplicatedStates {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedTableStates.class);

    private final ReplicatedTable<JsonNode> table;
    private final Map<String, JsonNode> copies = new ConcurrentHashMap<>();
    private final Map<String, Long> versions = new ConcurrentHashMap<>();

    ReplicatedTableStates(ReplicatedTable<JsonNode> table) {
        this.table = table;
        table.onChange(this::changed);
    }

    @Override
    public void save(String component, long generation, JsonNode state) {
        long version = versions.merge(component, generation << 31, (last, least) -> Math.max(last + 1, least));
        copies.put(component, state);
        table.offer(new TableEntry<>(component, version, state)).whenComplete((written, failure) -> {
            if (failure != null) {
                LOG.warn("What {} knows could not be kept on other nodes: {}", component, failure.getMessage());
            }
        });
    }

    @Override
    public Optional<JsonNode> latest(String component) {
        return Optional.ofNullable(copies.get(component));
    }

    private void changed(TableChange<JsonNode> change) {
        if (change instanceof TableChange.Written<JsonNode>(TableEntry<JsonNode> entry)) {
            versions.merge(entry.key(), entry.version(), Math::max);
            copies.put(entry.key(), entry.value());
        }
    }
}
