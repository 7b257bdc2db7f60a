package io.virtualwire.node;

import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The fabric's log, with the time noted on whatever is proposed through it. */
final class StampedLog implements FabricLog<FabricCommand, FabricState> {
    private final FabricLog<FabricCommand, FabricState> log;
    private final InstantSource clock;

    StampedLog(FabricLog<FabricCommand, FabricState> log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<Applied<FabricState>> append(FabricCommand command) {
        return log.append(FabricCommand.Stamped.at(clock.millis(), command));
    }

    /** Proposes what somebody asked for; with a key that has been used for the same before, nothing changes. */
    CompletableFuture<Applied<FabricState>> append(FabricCommand command, RequestKey key) {
        return log.append(new FabricCommand.Stamped(clock.millis(), key.key(), key.digest(), command));
    }

    @Override
    public Applied<FabricState> current() {
        return log.current();
    }

    @Override
    public CompletableFuture<Applied<FabricState>> latest() {
        return log.latest();
    }

    @Override
    public Registration onChange(Consumer<Applied<FabricState>> listener) {
        return log.onChange(listener);
    }

    @Override
    public boolean isLeader() {
        return log.isLeader();
    }

    @Override
    public void close() {
        log.close();
    }
}
