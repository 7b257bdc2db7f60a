package io.virtualwire.relocation;

import io.virtualwire.machine.MachineHosts;
import io.virtualwire.machine.Turns;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.Relocation;
import io.virtualwire.topology.RelocationStep;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the steps of a {@link Relocation} as they become due: the first node that reaches both hypervisors does.
 *
 * <p>Level-triggered and the same on every node; the log takes each step once. Owner thread; only questions to hypervisors leave it.
 */
public final class RelocationDriver {
    private static final Logger LOG = LoggerFactory.getLogger(RelocationDriver.class);
    private static final Duration PERIOD = Duration.ofMillis(200);
    /** After which a step is begun by a node that does not reach the hypervisors, so that it fails and says why. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final NodeRecord self;
    private final Loop loop;
    private final MachineHosts hosts;
    private final Executor aside;
    private final Consumer<FabricCommand> proposals;
    private final Turns turns;
    private FabricState state = FabricState.INITIAL;
    private List<String> order = List.of();
    private boolean asking;
    private boolean stopped;

    /**
     * @param aside where hypervisors are asked
     * @param proposals takes commands for the log, on the owner thread
     */
    public RelocationDriver(
            NodeRecord self, Loop loop, MachineHosts hosts, Executor aside, Consumer<FabricCommand> proposals) {
        this.self = self;
        this.loop = loop;
        this.hosts = hosts;
        this.aside = aside;
        this.proposals = proposals;
        this.turns = new Turns(self.name(), loop.ticker());
    }

    /** Begins the periodic round. */
    public void start() {
        loop.assertInLoop();
        tick();
    }

    /** Begins no further step. */
    public void stop() {
        stopped = true;
    }

    /** What is agreed on now, and which nodes can be reached. */
    public void agreed(FabricState now, Set<String> reachable) {
        state = now;
        order = Turns.order(now, reachable);
        round();
    }

    private void tick() {
        if (!stopped) {
            round();
            loop.schedule(PERIOD, this::tick);
        }
    }

    private void round() {
        Relocation known = state.relocation().orElse(null);
        if (stopped || known == null || known.due().isEmpty()) {
            turns.only(Set.of());
            return;
        }
        int index = known.due().getAsInt();
        String what = known.id() + "/" + index;
        turns.only(Set.of(what));
        if (asking || !turns.isMine(what, order)) {
            return;
        }
        RelocationStep step = known.steps().get(index);
        FabricCommand begin = new FabricCommand.BeginRelocationStep(known.id(), index, self.name(), self.instance());
        if (step.kind() == RelocationStep.Kind.COMPONENT) {
            proposals.accept(begin);
            return;
        }
        boolean anyway = turns.allHadTheirs(what, order, PATIENCE);
        FabricState now = state;
        asking = true;
        aside.execute(() -> {
            boolean can = anyway || reaches(now, step);
            loop.execute(() -> {
                asking = false;
                if (can && !stopped) {
                    proposals.accept(begin);
                }
            });
        });
    }

    private boolean reaches(FabricState now, RelocationStep step) {
        try {
            for (String host : Set.of(step.from(), step.to())) {
                HostSpec spec = now.topology().hosts().get(host);
                if (spec != null) {
                    now.machines()
                            .vm(step.name())
                            .ifPresent(vm -> hosts.hypervisor(host, spec).state(vm.id()));
                }
            }
            return true;
        } catch (RuntimeException e) {
            LOG.info("Cannot move {} to {} from here: {}", step.name(), step.to(), e.getMessage());
            return false;
        }
    }
}
