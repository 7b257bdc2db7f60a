package io.virtualwire.machine;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.VmDebt;
import java.util.Optional;

/** Removes what a virtual machine has left on a host: its endpoint, and a copy of itself that may still run. */
final class DebtPayment {
    private final VmDebt debt;
    private final MachineHosts hosts;

    DebtPayment(VmDebt debt, MachineHosts hosts) {
        this.debt = debt;
        this.hosts = hosts;
    }

    /** Empty if it has to be tried again. */
    Optional<FabricCommand> step(FabricState state) {
        boolean used = state.removed().stream()
                .anyMatch(wire ->
                        wire.host().equals(debt.host()) && wire.endpoint().equals(debt.endpoint()));
        if (used) {
            return Optional.empty();
        }
        if (debt.stop()) {
            stopGhost();
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

    private void stopGhost() {
        Hypervisor hypervisor = hosts.hypervisor(debt.host(), debt.hostSpec());
        boolean alive = hypervisor
                .state(debt.id())
                .filter(state -> state == Machine.State.RUNNING || state == Machine.State.PAUSED)
                .isPresent();
        if (alive) {
            hypervisor.stop(debt.domain());
        }
    }
}
