package io.virtualwire.node;

import io.virtualwire.log.FabricLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the fabric of this process, again and again until a majority has heard it. */
final class Announcement {
    private static final Logger LOG = LoggerFactory.getLogger(Announcement.class);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final FabricLog<FabricCommand, FabricState> log;
    private final Loop loop;
    private final NodeRecord self;
    private final CompletableFuture<Void> heard = new CompletableFuture<>();
    private volatile String said = "";

    Announcement(FabricLog<FabricCommand, FabricState> log, Loop loop, NodeRecord self) {
        this.log = log;
        this.loop = loop;
        this.self = self;
    }

    /** Done when it was heard; a failure is no end of it. */
    CompletableFuture<Void> begin() {
        attempt();
        return heard;
    }

    private void attempt() {
        log.append(new FabricCommand.RegisterNode(self)).whenComplete((applied, failure) -> {
            if (failure != null) {
                sayOnce(String.valueOf(failure.getMessage()));
                loop.schedule(PAUSE, this::attempt);
            } else {
                LOG.info("Announced as {}, process {}", self.name(), self.instance());
                heard.complete(null);
            }
        });
    }

    private void sayOnce(String why) {
        if (!why.equals(said)) {
            said = why;
            LOG.info("Not announced yet: {}", why);
        }
    }
}
