package io.virtualwire.relocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.cloud.spi.FakeHypervisors;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.machine.HostConnector;
import io.virtualwire.machine.MachineHosts;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.RelocationStep;
import io.virtualwire.topology.TopologyFile;
import io.virtualwire.topology.VmNic;
import io.virtualwire.topology.VmRecord;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two clouds; three guests and two switches in the east, and a database in the west.
 *
 * <pre>
 *   east: e1 with vm1, vm2; e2 with vm3; node n1      west: w1 with db; w2, where node n2 is, too
 *   lan: vm1, vm2, db      dmz: vm3
 * </pre>
 */
final class RelocationPlannerTest {
    private static final String HOSTS = """
            version: 1
            hosts:
              e1: { api: "10.0.0.1:7472", libvirt: "fake:///e1", cloud: east }
              e2: { api: "10.0.0.2:7472", libvirt: "fake:///e2", cloud: east }
              w1: { api: "10.0.0.3:7472", libvirt: "fake:///w1", cloud: west }
              w2: { api: "10.0.0.4:7472", libvirt: "fake:///w2", cloud: west }
            switches: { lan: { node: n1 }, dmz: { node: n1 } }
            """;
    private static final String WIRES = """
            wires:
              - { switch: lan, port: vm1, endpoint: vm1 }
              - { switch: lan, port: vm2, endpoint: vm2 }
              - { switch: lan, port: db, endpoint: db@w1 }
              - { switch: dmz, port: vm3, endpoint: vm3 }
            """;

    private final FabricStateMachine machine = new FabricStateMachine();
    private final FakeHypervisors hypervisors = new FakeHypervisors((stage, end) -> {});
    private final Set<String> draining = new HashSet<>();
    private FabricState state = machine.initial();
    private long index;

    @BeforeEach
    void fabric() {
        register("n1", "10.0.0.1", "east");
        register("n2", "10.0.0.4", "west");
        apply(new FabricCommand.ApplyTopology(-1, TopologyFile.parse("test", HOSTS), "n"));
        guest(1, "e1");
        guest(2, "e1");
        guest(3, "e2");
        apply(new FabricCommand.ApplyTopology(-1, TopologyFile.parse("test", HOSTS + WIRES), "n"));
        apply(new FabricCommand.TakeOver("lan", 0, "n1", "n1-1"));
        apply(new FabricCommand.TakeOver("dmz", 0, "n1", "n1-1"));
    }

    @Test
    void guestsGoWhereTheirSwitchesGoAndTheOrderTellsWhatCrosses() {
        RelocationPlan plan = plan(Map.of());
        assertThat(plan.crossingWires()).isEqualTo(1);
        assertThat(plan.crossingBytes()).isEqualTo(-1);
        assertThat(plan.steps())
                .extracting(RelocationStep::name)
                .containsExactlyInAnyOrder("vm1", "vm2", "vm3", "lan", "dmz");
        assertThat(plan.steps())
                .allSatisfy(step ->
                        assertThat(step.to()).isEqualTo(step.kind() == RelocationStep.Kind.MACHINE ? "w2" : "n2"));
        assertThat(plan.steps().getLast().crossingWires()).isZero();
        // lan and its guests, 2 and 1 and 0, then dmz and vm3, 1 and 0.
        assertThat(plan.steps().stream().mapToInt(RelocationStep::crossingWires).sum())
                .isEqualTo(4);
        assertThat(plan.why().get("vm1")).contains("1 of its wires end there", "MiB");
        assertThat(plan.stays()).isEmpty();
    }

    @Test
    void whatCarriesMuchStaysTogether() {
        // Nearly all goes between vm1 and lan: their wire crosses for no longer than it takes to move the other one.
        RelocationPlan plan = plan(Map.of("lan/vm1", 1_000_000L, "lan/vm2", 10L, "lan/db", 10L, "dmz/vm3", 10L));
        List<String> order = plan.steps().stream().map(RelocationStep::name).toList();
        assertThat(Math.abs(order.indexOf("vm1") - order.indexOf("lan"))).isEqualTo(1);
        assertThat(plan.crossingBytes()).isEqualTo(10);
        assertThat(plan.steps().stream().filter(step -> step.crossingBytes() >= 1_000_000))
                .hasSize(1);
    }

    @Test
    void aHostWithoutRoomOrThatDrainsOrDoesNotAnswerTakesNothing() {
        hypervisors.memory("fake:///w2", 600);
        assertThat(plan(Map.of()).steps())
                .filteredOn(step -> step.kind() == RelocationStep.Kind.MACHINE)
                .extracting(RelocationStep::to)
                .as("each has 512 MiB")
                .containsExactlyInAnyOrder("w2", "w1", "w1");
        draining.add("w2");
        assertThat(plan(Map.of()).steps())
                .filteredOn(step -> step.kind() == RelocationStep.Kind.MACHINE)
                .extracting(RelocationStep::to)
                .containsOnly("w1");
        hypervisors.cut(uri -> uri.equals("fake:///w1"));
        assertThatThrownBy(() -> plan(Map.of()))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("w1: no connection")
                .hasMessageContaining("w2: it drains");
    }

    @Test
    void whatDoesNotRunStaysAndWhatIsNoCloudIsRefused() {
        hypervisors.at("fake:///e1").stop("vm2");
        RelocationPlan plan = plan(Map.of());
        assertThat(plan.steps()).extracting(RelocationStep::name).doesNotContain("vm2");
        assertThat(plan.stays()).containsEntry("vm2", "it does not run");
        assertThatThrownBy(() -> planner(Map.of()).plan("east", "north"))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                    assertThat(e.hint()).contains("east, west");
                });
    }

    private RelocationPlan plan(Map<String, Long> traffic) {
        return planner(traffic).plan("east", "west");
    }

    private RelocationPlanner planner(Map<String, Long> traffic) {
        return new RelocationPlanner(state, new Hosts(), Set.of("n1", "n2"), traffic);
    }

    private void register(String node, String address, String cloud) {
        apply(new FabricCommand.RegisterNode(new NodeRecord(
                node, new Identity("acme", node), node + "-1", List.of(address + ":7481"), address + ":7482", cloud)));
    }

    private void guest(int number, String host) {
        String name = "vm" + number;
        String mac = "52:54:00:00:00:0" + number;
        UUID id = new UUID(0, number);
        Hypervisor there = hypervisors.at("fake:///" + host);
        there.define(new MachineSpec(
                name,
                Optional.of(id),
                512,
                1,
                true,
                new MachineSpec.Boot.Disk(Path.of("none"), "raw", true),
                List.of(new MachineSpec.NicSpec(MacAddress.parse(mac), name, 1500)),
                Optional.empty()));
        there.start(name);
        apply(new FabricCommand.AttachVm(
                new VmRecord(name, name, id, host, List.of(new VmNic(0, name, mac, name, 1500)))));
    }

    private void apply(FabricCommand command) {
        state = machine.apply(state, command, ++index);
    }

    private final class Hosts implements MachineHosts {
        @Override
        public HostConnector connector(String host, HostSpec spec) {
            return new Connector(draining.contains(host));
        }

        @Override
        public Hypervisor hypervisor(String host, HostSpec spec) {
            return hypervisors.at(String.valueOf(spec.libvirt()));
        }
    }

    private record Connector(boolean isDraining) implements HostConnector {
        @Override
        public List<EndpointStatus> endpoints() {
            return List.of();
        }

        @Override
        public EndpointStatus putEndpoint(EndpointDescription endpoint) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeEndpoint(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<WireStatus> wire(WireId wire) {
            return List.of();
        }

        @Override
        public WireStatus activate(WireId wire, Side side, Generation generation) {
            throw new UnsupportedOperationException();
        }
    }
}
