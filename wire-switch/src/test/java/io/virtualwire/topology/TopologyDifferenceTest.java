package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyDifferenceTest {
    private static final String NETWORK = """
            version: 1
            hosts:
              east-1: { api: "192.0.2.10:7472" }
              "on": { api: "12:34", wire: "198.51.100.11:9999", identity: cloud/west-1 }
            switches:
              lan:
                node: "0123"
                ports:
                  web: { access: 10 }
                  up: { trunk: [10, 20, 100-199], native: 1, storm: { broadcast: 100 frames/s, unknown: 9 bytes/s } }
                static:
                  - { mac: "02:00:00:00:00:01", port: web, vlan: 10 }
              "null": { node: "no" }
            wires:
              - { switch: lan, port: web, endpoint: web@east-1 }
              - { switch: lan, port: "1e3", endpoint: db@on, plain: true }
              - { switch: lan, port: up, endpoint: up@east-1 }
            """;

    @ParameterizedTest
    @ValueSource(strings = {NETWORK, "version: 1"})
    void whatIsWrittenIsReadAsTheSame(String text) {
        Topology topology = TopologyFile.parse("net.yaml", text);
        assertThat(TopologyFile.parse("written.yaml", TopologyFile.write(topology)))
                .isEqualTo(topology);
    }

    @Test
    void theSameDoesNotDiffer() {
        Topology topology = TopologyFile.parse("net.yaml", NETWORK);
        assertThat(TopologyDifference.between(topology, topology)).isEmpty();
        Topology sameInOtherOrder =
                topology.withoutWire("lan", "1e3").withWire(topology.wires().get(1));
        assertThat(TopologyDifference.between(topology, sameInOtherOrder)).isEmpty();
    }

    @Test
    void aPortGoesWithWhatIsSetUpForIt() {
        Topology without = TopologyFile.parse("net.yaml", NETWORK).withoutWire("lan", "web");
        assertThat(without.switches().get("lan").ports()).containsOnlyKeys("up");
        assertThat(without.switches().get("lan").statics()).isEmpty();
        assertThat(TopologyFile.parse("net.yaml", TopologyFile.write(without))).isEqualTo(without);
    }

    @Test
    void namesEachFieldThatDiffers() {
        Topology before = TopologyFile.parse("net.yaml", NETWORK);
        Topology after = TopologyFile.parse(
                "net.yaml",
                NETWORK.replace("access: 10", "access: 10, storm: { unknown: 5 frames/s }")
                        .replace("trunk: [10, 20, 100-199]", "trunk: [10]")
                        .replace(", storm: { broadcast: 100 frames/s, unknown: 9 bytes/s }", "")
                        .replace("db@on, plain: true", "db@on")
                        .replace("\"null\": { node: \"no\" }", "wan: { node: west }"));
        assertThat(TopologyDifference.between(before, after))
                .containsExactly(
                        changed(
                                TopologyChange.Kind.CHANGED,
                                "switch lan",
                                field("ports.up.storm.broadcast", "100 frames/s", null),
                                field("ports.up.storm.unknown", "9 bytes/s", null),
                                field("ports.up.trunk", "[\"10\",\"20\",\"100-199\"]", "[\"10\"]"),
                                field("ports.web.storm.unknown", null, "5 frames/s")),
                        changed(TopologyChange.Kind.REMOVED, "switch null", field("node", "no", null)),
                        changed(TopologyChange.Kind.ADDED, "switch wan", field("node", null, "west")),
                        changed(TopologyChange.Kind.CHANGED, "wire lan/1e3", field("plain", "true", null)));
    }

    private static TopologyChange changed(TopologyChange.Kind kind, String subject, TopologyChange.Field... fields) {
        return new TopologyChange(kind, subject, List.of(fields));
    }

    private static TopologyChange.Field field(String path, String was, String becomes) {
        return new TopologyChange.Field(path, was, becomes);
    }
}
