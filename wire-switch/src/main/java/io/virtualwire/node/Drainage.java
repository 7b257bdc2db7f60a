package io.virtualwire.node;

import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Empties a node for as long as the fabric wants that: as when it ends, but again and again, as other nodes come and can take more. */
final class Drainage {
    private static final long PAUSE = Duration.ofSeconds(10).toNanos();

    private final String self;
    private final Ticker ticker;
    private final Consumer<FabricCommand> proposals;
    private @Nullable Departure attempt;
    private long begunAt;

    Drainage(String self, Ticker ticker, Consumer<FabricCommand> proposals) {
        this.self = self;
        this.ticker = ticker;
        this.proposals = proposals;
    }

    /** Takes the next steps, if the node is to be emptied; to be called in every round. */
    void round(FabricState state, Set<String> present, List<String> held, Collection<ComponentKeeper> keepers) {
        if (!state.isDraining(self)) {
            if (attempt != null) {
                attempt = null;
                keepers.forEach(ComponentKeeper::accept);
            }
            return;
        }
        long now = ticker.nanoTime();
        Departure current = attempt;
        if (current == null || current.over().isDone() && now - begunAt >= PAUSE) {
            current = new Departure(self, "drains", proposals);
            attempt = current;
            begunAt = now;
        }
        current.round(state, present, held, keepers);
    }
}
