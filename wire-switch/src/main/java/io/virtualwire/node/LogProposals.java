package io.virtualwire.node;

import io.virtualwire.control.WireException;
import io.virtualwire.log.FabricLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proposes to the log what a level-triggered caller asks for again and again: each command once at a time, and a refused one
 * only after a pause. Owner thread.
 */
final class LogProposals implements Consumer<FabricCommand> {
    private static final Logger LOG = LoggerFactory.getLogger(LogProposals.class);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final FabricLog<FabricCommand, FabricState> log;
    private final Loop loop;
    private final Executor aside;
    private final Set<FabricCommand> underWay = new HashSet<>();

    /** @param aside where what is slow the first time is done, so that the owner thread goes on with frames */
    LogProposals(FabricLog<FabricCommand, FabricState> log, Loop loop, Executor aside) {
        this.log = log;
        this.loop = loop;
        this.aside = aside;
    }

    @Override
    public void accept(FabricCommand command) {
        if (!underWay.add(command)) {
            return;
        }
        aside.execute(() -> propose(command));
    }

    private void propose(FabricCommand command) {
        log.append(command).whenComplete((applied, failure) -> {
            if (failure != null) {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                LOG.info("{} was not accepted: {}", command, cause.getMessage());
                if (!(cause instanceof WireException)) {
                    LOG.warn("The log failed", cause);
                }
            }
            loop.schedule(PAUSE, () -> underWay.remove(command));
        });
    }
}
