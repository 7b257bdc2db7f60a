package io.virtualwire.machine;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.VmDebt;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what a virtual machine has left on a host: its endpoint, and a copy of itself that may still run. */
final class DebtPayment {
    private static final Logger LOG = LoggerFactory.getLogger(DebtPayment.class);

    private final VmDebt debt;
    private final MachineHosts hosts;
    private final Supplier<FabricState> latest;

    /** @param latest asks the log for what is agreed now; may block */
    DebtPayment(VmDebt debt, MachineHosts hosts, Supplier<FabricState> latest) {
        this.debt = debt;
        this.hosts = hosts;
        this.latest = latest;
    }

    /** Empty if it has to be tried again. */
    Optional<FabricCommand> step(FabricState state) {
        boolean used = state.removed().stream()
                .anyMatch(wire ->
                        wire.host().equals(debt.host()) && wire.endpoint().equals(debt.endpoint()));
        if (used) {
            return Optional.empty();
        }
        boolean ghost = debt.stop() && isAlive();
        // Asked afterwards: what was alive while this was still owed cannot be the machine itself, on its way back.
        if (!latest.get().machines().debts().contains(debt)) {
            return Optional.empty();
        }
        if (ghost) {
            LOG.info("What is left of {} on {} is stopped", debt.vm(), debt.host());
            hypervisor().stop(debt.domain());
        }
        try {
            hosts.connector(debt.host(), debt.hostSpec()).removeEndpoint(debt.endpoint());
        } catch (WireException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
        return Optional.of(new FabricCommand.PayVmDebt(debt.vm(), debt.host(), debt.endpoint()));
    }

    private Hypervisor hypervisor() {
        return hosts.hypervisor(debt.host(), debt.hostSpec());
    }

    private boolean isAlive() {
        return hypervisor()
                .state(debt.id())
                .filter(state -> state == Machine.State.RUNNING || state == Machine.State.PAUSED)
                .isPresent();
    }
}
