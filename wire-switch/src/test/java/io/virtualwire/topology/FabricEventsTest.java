package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the agreed commands make of the agreed events. */
final class FabricEventsTest {
    private final FabricStateMachine machine = new FabricStateMachine();
    private FabricState state = machine.initial();
    private long time;

    @BeforeEach
    void begin() {
        propose(new FabricCommand.RegisterNode(node("east", "e1")));
        propose(new FabricCommand.RegisterNode(node("west", "w1")));
        propose(topology("web"));
        propose(new FabricCommand.TakeOver("lan", 0, "east", "e1"));
    }

    @Test
    void aComponentIsAddedPlacedMovedAndRemoved() {
        propose(new FabricCommand.BeginMove("lan", highest(), "west"));
        propose(new FabricCommand.CompleteMove("lan", highest()));
        propose(new FabricCommand.MeasureHandoff("lan", highest(), 700));
        propose(new FabricCommand.MeasureFlip("lan", highest(), 300));
        propose(new FabricCommand.ApplyTopology(-1, Topology.EMPTY, "later"));
        assertThat(said())
                .containsExactly(
                        "1 node.joined east",
                        "2 node.joined west",
                        "3 topology.applied [lan/web]",
                        "4 component.added lan",
                        "5 component.placed lan east",
                        "6 component.moving lan east→west",
                        "7 component.moved lan east→west",
                        "8 component.measured lan east→west",
                        "9 topology.applied [] -[lan/web]",
                        "10 component.removed lan");
        assertThat(state.events().recent().get(7).handoffMicros()).isEqualTo(700);
        assertThat(state.events().recent())
                .extracting(FabricEvent::at)
                .doesNotContain(0L)
                .isSorted();
    }

    @Test
    void aMoveThatIsCalledOffSaysWhy() {
        propose(new FabricCommand.BeginMove("lan", highest(), "west"));
        propose(new FabricCommand.AbortMove("lan", highest(), "no way"));
        assertThat(state.events().recent().getLast().type()).isEqualTo("component.move-failed");
        assertThat(state.events().recent().getLast().detail()).isEqualTo("no way");
    }

    @Test
    void aNodeThatLeavesFailsWhatItHeld() {
        propose(new FabricCommand.ReportNode("east", "e1", false));
        propose(new FabricCommand.ReportNode("east", "e1", false));
        propose(new FabricCommand.TakeOver("lan", highest(), "west", "w1"));
        propose(new FabricCommand.RegisterNode(node("east", "e2")));
        assertThat(said().subList(5, 9))
                .containsExactly(
                        "6 node.left east",
                        "7 component.failed lan east",
                        "8 component.placed lan east→west",
                        "9 node.joined east");
    }

    @Test
    void aTakeoverBeforeTheLossIsReportedSaysThatItFailed() {
        propose(new FabricCommand.TakeOver("lan", highest(), "west", "w1"));
        propose(new FabricCommand.ReportNode("east", "e1", false));
        assertThat(said().subList(5, 8))
                .containsExactly("6 component.failed lan east", "7 component.placed lan east→west", "8 node.left east");
    }

    @Test
    void wiresAndPortsAreToldWhenTheyChange() {
        propose(new FabricCommand.ReportPorts("lan", highest(), Map.of("lan/web", new PortReport(true, "", ""))));
        propose(new FabricCommand.ReportPorts("lan", highest(), Map.of("lan/web", new PortReport(true, "", "db"))));
        propose(new FabricCommand.ReportPorts("lan", highest(), Map.of("lan/web", new PortReport(false, "gone", ""))));
        propose(new FabricCommand.ReportPorts("lan", highest(), Map.of("lan/other", new PortReport(true, "", ""))));
        assertThat(said().subList(5, said().size()))
                .containsExactly(
                        "6 wire.up lan east lan/web",
                        "7 port.blocked lan east lan/web",
                        "8 wire.down lan east lan/web",
                        "9 port.unblocked lan east lan/web");
        refused(
                ErrorCode.VERSION_CONFLICT,
                new FabricCommand.ReportPorts("lan", 9, Map.of("lan/web", new PortReport(true, "", ""))));
    }

    @Test
    void aKeyStandsForOneRequestForAsLongAsItsEventsAreKept() {
        FabricCommand.Stamped request = new FabricCommand.Stamped(1, "k", "digest", topology("www"));
        propose(request);
        long events = state.events().last();
        long version = state.version();
        propose(request);
        assertThat(state.events().last()).isEqualTo(events);
        assertThat(state.version()).isEqualTo(version);
        assertThat(state.events().of("k", "topology.applied")).isPresent();
        refused(ErrorCode.ALREADY_EXISTS, new FabricCommand.Stamped(1, "k", "other", topology("db")));
        IntStream.range(0, 5_000)
                .forEach(restart -> propose(new FabricCommand.RegisterNode(node("east", "e" + restart))));
        assertThat(state.events().requests()).isEmpty();
        assertThat(state.events().recent()).hasSize(4_096);
        assertThat(state.events().oldest()).isEqualTo(state.events().last() - 4_095);
        assertThat(state.events().after(state.events().last() - 2)).hasSize(2);
        assertThat(state.events().after(0)).hasSize(4_096);
    }

    @Test
    void anEventThatNamesManyWiresTakesThePlaceOfMany() {
        for (int round = 0; round < 3; round++) {
            String ports = "p" + round + "x";
            propose(topology(IntStream.range(0, 1_000).mapToObj(i -> ports + i).toArray(String[]::new)));
        }
        assertThat(state.events().recent()).hasSizeLessThan(8);
        assertThat(state.events().recent().getLast().added()).hasSize(1_000);
    }

    @Test
    void eventsOutliveASnapshot() {
        FabricState read = machine.states().decode(machine.states().encode(state));
        assertThat(read).isEqualTo(state);
        byte[] older =
                "{\"version\":3,\"topology\":{\"version\":1},\"lastGeneration\":1,\"nodes\":{},\"claims\":{},\"wires\":{},\"removed\":[],\"moves\":{}}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(machine.states().decode(older).events().last()).isZero();
    }

    private void propose(FabricCommand command) {
        state = machine.apply(
                state,
                command instanceof FabricCommand.Stamped ? command : FabricCommand.Stamped.at(++time, command),
                0);
    }

    private void refused(ErrorCode code, FabricCommand command) {
        FabricState before = state;
        assertThatThrownBy(() -> propose(command))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
        assertThat(state).isSameAs(before);
    }

    private long highest() {
        return state.claim("lan").orElseThrow().highest();
    }

    private List<String> said() {
        return state.events().recent().stream()
                .map(event -> String.join(
                                " ",
                                Long.toString(event.sequence()),
                                event.type(),
                                event.component(),
                                event.from().isEmpty() ? event.node() : event.from() + "→" + event.node(),
                                event.wire(),
                                event.version() == 0 ? "" : event.added().toString(),
                                event.removed().isEmpty() ? "" : "-" + event.removed())
                        .replaceAll(" +", " ")
                        .strip())
                .collect(Collectors.toList());
    }

    private static FabricCommand topology(String... ports) {
        StringBuilder text = new StringBuilder(
                "version: 1\nhosts: { h: { api: \"192.0.2.1:7472\" } }\nswitches: { lan: { node: east } }\nwires:\n");
        for (String port : ports) {
            text.append("  - { switch: lan, port: ")
                    .append(port)
                    .append(", endpoint: ")
                    .append(port)
                    .append("@h }\n");
        }
        return new FabricCommand.ApplyTopology(-1, TopologyFile.parse("test", text.toString()), ports[0]);
    }

    private static NodeRecord node(String name, String instance) {
        return new NodeRecord(name, new Identity("acme", "node-" + name), instance, List.of(), name + ":7482");
    }
}
