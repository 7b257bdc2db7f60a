package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.forwarding.StormRate;
import io.virtualwire.forwarding.VlanRange;
import io.virtualwire.testkit.fuzz.Absurd;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Topology files, commands to the fabric's log and its snapshots as nobody should write them. */
class TopologyFuzzTest {
    private static final int LONGEST = 50_000;

    private static final String GOOD = """
            version: 1
            hosts:
              east-1: { api: "192.0.2.10:7472" }
              west-1: { api: "198.51.100.10:7472", wire: "198.51.100.11:9999", identity: cloud/west-1 }
            switches:
              lan:
                node: east
                ports:
                  web: { access: 10 }
                  db:  { trunk: [20, 30-39], native: 10, storm: { broadcast: 100 frames/s } }
                static:
                  - { mac: "02:00:5e:10:00:01", port: web, vlan: 10 }
            wires:
              - { switch: lan, port: web, endpoint: web@east-1 }
              - { switch: lan, port: db,  endpoint: db@west-1, plain: true }
            """;

    private final FabricStateMachine machine = new FabricStateMachine();
    private final Topology topology = TopologyFile.parse("it", GOOD);

    @Test
    void filesAreReadOrRefused() {
        Fuzz.of("topology files")
                .refusing(WireException.class)
                .allocatingAtMost(32 << 20)
                .stillWorks(() -> assertThat(TopologyFile.parse("it", GOOD)).isEqualTo(topology))
                .run(
                        5_000,
                        new SpoiledText(List.of(GOOD), LONGEST, "hosts", "unknown", "mac", "node", "version: 1"),
                        input -> {
                            Topology read = TopologyFile.parse("it", new String(input, StandardCharsets.UTF_8));
                            assertThat(TopologyFile.parse("again", TopologyFile.write(read)))
                                    .isEqualTo(read);
                        });
    }

    /** Not one costs more than a little memory, and each is refused in a few words. */
    @Test
    void whatIsAbsurdIsRefused() {
        Absurd.yaml("switches")
                .forEach((what, text) -> Fuzz.of("absurd topology files")
                        .allocatingAtMost(32 << 20)
                        .run(
                                1,
                                random -> text.getBytes(StandardCharsets.UTF_8),
                                input -> assertThatThrownBy(() -> TopologyFile.parse("it", text))
                                        .as(what)
                                        .isInstanceOfSatisfying(WireException.class, e -> {
                                            assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
                                            assertThat(e.getMessage()).hasSizeLessThan(5_000);
                                        })));
    }

    @Test
    void commandsAreAppliedOrRefused() {
        FabricState state = machine.apply(state(), new FabricCommand.BeginMove("lan", 3, "west"), 9);
        List<String> texts = new ArrayList<>();
        for (FabricCommand command : List.of(
                new FabricCommand.RegisterNode(node("east", "i1")),
                new FabricCommand.ApplyTopology(-1, topology, "n"),
                new FabricCommand.TakeOver("lan", 4, "east", "i1"),
                new FabricCommand.BeginMove("lan", 4, "west"),
                new FabricCommand.AbortMove("lan", 4, "so"),
                new FabricCommand.CompleteMove("lan", 4),
                new FabricCommand.MeasureHandoff("lan", 4, 5),
                new FabricCommand.ForgetWires(List.of(WireId.named("w"))))) {
            texts.add(new String(machine.commands().encode(command), StandardCharsets.UTF_8));
        }
        Fuzz.of("commands to the log")
                .refusing(WireException.class)
                .allocatingAtMost(32 << 20)
                .run(20_000, new SpoiledText(texts, LONGEST, "lan", "east", "west", "takeOver"), input -> {
                    FabricState next = machine.apply(state, input, 10);
                    machine.states().decode(machine.states().encode(next));
                });
    }

    @Test
    void snapshotsAreReadOrRefused() {
        byte[] snapshot = machine.states().encode(state());
        Fuzz.of("snapshots of the log")
                .refusing(WireException.class)
                .allocatingAtMost(32 << 20)
                .stillWorks(() -> assertThat(machine.states().decode(snapshot)).isEqualTo(state()))
                .run(
                        8_000,
                        new SpoiledText(List.of(new String(snapshot, StandardCharsets.UTF_8)), LONGEST),
                        input -> machine.states().decode(input));
    }

    @Test
    void vlansAndRatesAreUnderstoodOrRefused() {
        Fuzz.of("VLANs and rates")
                .refusing(WireException.class)
                .run(60_000, new SpoiledText(List.of("20", "20-29", "100 frames/s", "1 bytes/s"), 10_000), input -> {
                    String text = new String(input, StandardCharsets.UTF_8);
                    if (text.indexOf('s') >= 0) {
                        assertThat(StormRate.parse(StormRate.parse(text).toString())
                                        .perSecond())
                                .isNotNegative();
                    } else {
                        assertThat(VlanRange.parse(text).last()).isBetween(1, 4094);
                    }
                });
    }

    private FabricState state() {
        FabricState state = machine.initial();
        state = machine.apply(state, new FabricCommand.RegisterNode(node("east", "i1")), 1);
        state = machine.apply(state, new FabricCommand.RegisterNode(node("west", "i2")), 2);
        state = machine.apply(state, new FabricCommand.ApplyTopology(-1, topology, "n"), 3);
        return machine.apply(state, new FabricCommand.TakeOver("lan", 0, "east", "i1"), 4);
    }

    private static NodeRecord node(String name, String instance) {
        return new NodeRecord(name, new Identity("acme", name), instance, List.of("192.0.2.1:7481"), "192.0.2.1:7482");
    }
}
