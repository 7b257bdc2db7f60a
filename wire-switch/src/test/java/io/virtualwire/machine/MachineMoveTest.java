package io.virtualwire.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.FakeHypervisors;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.testkit.ManualTicker;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.Machines;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMovePhase;
import io.virtualwire.topology.VmMoveWay;
import io.virtualwire.topology.VmRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MachineMoveTest {
    private static final UUID ID = new UUID(0, 1);
    private static final String SOURCE = "fake:///e1";
    private static final String TARGET = "fake:///w1";

    private final FakeHypervisors hypervisors = new FakeHypervisors((stage, end) -> {});

    @BeforeEach
    void itRunsAtBoth() {
        for (String each : List.of(SOURCE, TARGET)) {
            Hypervisor there = hypervisors.at(each);
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
        }
    }

    @Test
    void whatRunsAtTheSourceWhileItDrainsIsAGhost() {
        assertThat(drain(fabric(VmMovePhase.DRAIN, "n1-1"))).containsExactly(TARGET);
    }

    /** It stood still for long, another has ended the move, and the machine has come back since. */
    @Test
    void aDriverThatWasOvertakenStopsNothing() {
        assertThat(drain(fabric(VmMovePhase.DONE, "n2-1"))).containsExactlyInAnyOrder(SOURCE, TARGET);
        assertThat(drain(fabric(VmMovePhase.DRAIN, "n2-1"))).containsExactlyInAnyOrder(SOURCE, TARGET);
        assertThat(drain(FabricState.INITIAL)).containsExactlyInAnyOrder(SOURCE, TARGET);
    }

    /** Where the machine runs after a step of a driver that believes that it drains, while that is agreed on. */
    private List<String> drain(FabricState agreed) {
        MachineHosts hosts = new MachineHosts() {
            @Override
            public HostConnector connector(String host, HostSpec of) {
                throw new AssertionError("no wire is there to be asked about");
            }

            @Override
            public Hypervisor hypervisor(String host, HostSpec of) {
                return hypervisors.at(String.valueOf(of.libvirt()));
            }
        };
        MachineMove move =
                new MachineMove(5, "n1-1", hosts, () -> agreed, new ManualTicker(), (vm, progress) -> {}, () -> {});
        assertThat(move.step(fabric(VmMovePhase.DRAIN, "n1-1"))).isEmpty();
        return hypervisors.running("web1");
    }

    private static FabricState fabric(VmMovePhase phase, String instance) {
        VmMove move = new VmMove(
                "web1", 5, "e1", "w1", VmMoveWay.DEFAULT, phase, "n1", instance, false, "", Optional.empty());
        VmRecord vm = new VmRecord("web1", "web1", ID, "w1", List.of());
        FabricState none = FabricState.INITIAL;
        return new FabricState(
                1,
                Topology.EMPTY.withHost("e1", host(SOURCE)).withHost("w1", host(TARGET)),
                5,
                none.nodes(),
                none.claims(),
                none.wires(),
                none.removed(),
                none.moves(),
                none.observations(),
                none.events(),
                new Machines(Map.of("web1", vm), Map.of("web1", move), List.of()),
                none.relocation(),
                none.level(),
                none.members());
    }

    private static HostSpec host(String hypervisor) {
        return new HostSpec("10.0.0.2:7472", List.of(), null).withLibvirt(hypervisor, null);
    }
}
