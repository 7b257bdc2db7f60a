package io.virtualwire.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.FakeHypervisors;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.VmDebt;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class DebtPaymentTest {
    private static final UUID ID = new UUID(0, 1);

    @Test
    void aMachineThatHasComeBackIsNoGhost() {
        FakeHypervisors hypervisors = new FakeHypervisors((stage, end) -> {});
        Hypervisor there = hypervisors.at("fake:///w1");
        there.define(new MachineSpec(
                "web1",
                Optional.of(ID),
                1,
                1,
                true,
                new MachineSpec.Boot.Disk(Path.of("none"), "raw", true),
                List.of(new MachineSpec.NicSpec(MacAddress.parse("52:54:00:00:00:10"), "web1", 1500)),
                Optional.empty()));
        there.start("web1");
        HostSpec spec = new HostSpec("10.0.0.2:7472", List.of(), null).withLibvirt("fake:///w1", null);
        VmDebt debt = new VmDebt("web1", "web1", ID, "w1", spec, "web1", true);
        MachineHosts hosts = new MachineHosts() {
            @Override
            public HostConnector connector(String host, HostSpec of) {
                throw new AssertionError("nothing is owed");
            }

            @Override
            public Hypervisor hypervisor(String host, HostSpec of) {
                return there;
            }
        };
        // What this node knew when it began said that it was owed; meanwhile it was paid, and the machine has moved
        // here again.
        DebtPayment payment = new DebtPayment(debt, hosts, () -> FabricState.INITIAL);
        assertThat(payment.step(FabricState.INITIAL)).isEmpty();
        assertThat(hypervisors.running("web1")).containsExactly("fake:///w1");
    }
}
