package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyFileTest {
    private static final String GOOD = """
            # One switch, two guests.
            version: 1
            hosts:
              east-1: { api: "192.0.2.10:7472" }
              west-1: { api: "198.51.100.10:7472", wire: "198.51.100.11:9999", identity: cloud/west-1 }
            switches:
              lan: { node: east }
            wires:
              - { switch: lan, port: web, endpoint: web@east-1 }
              - { switch: lan, port: db,  endpoint: db@west-1, plain: true }
            """;

    @Test
    void readsWhatAUserWrites() {
        Topology topology = TopologyFile.parse("net.yaml", GOOD);
        assertThat(topology.hosts()).containsOnlyKeys("east-1", "west-1");
        assertThat(topology.hosts().get("east-1").wirePaths()).containsExactly("192.0.2.10:7471");
        assertThat(topology.hosts().get("east-1").identityOf("acme", "east-1"))
                .isEqualTo(new Identity("acme", "east-1"));
        assertThat(topology.hosts().get("west-1").wirePaths()).containsExactly("198.51.100.11:9999");
        assertThat(topology.hosts().get("west-1").identityOf("acme", "west-1"))
                .isEqualTo(new Identity("cloud", "west-1"));
        assertThat(topology.switches().get("lan").node()).isEqualTo("east");
        assertThat(topology.wires()).extracting(WireSpec::name).containsExactly("lan/web", "lan/db");
        assertThat(topology.wires().getLast().endpoint()).isEqualTo(new WireSpec.EndpointRef("db", "west-1"));
        assertThat(topology.wires().getLast().plain()).isTrue();
    }

    @Test
    void severalWaysToAHostAreOneListAndASingleOneNeedsNone() {
        String text = GOOD.replace(
                "wire: \"198.51.100.11:9999\"",
                "wire: [\"198.51.100.11:9999\", \"198.51.100.11:443\", \"acme/hub@203.0.113.5:7471\"]");
        Topology topology = TopologyFile.parse("net.yaml", text);
        assertThat(topology.hosts().get("west-1").wirePaths())
                .containsExactly("198.51.100.11:9999", "198.51.100.11:443", "acme/hub@203.0.113.5:7471");
        assertThat(TopologyFile.parse("again", TopologyFile.write(topology))).isEqualTo(topology);
        assertThat(TopologyFile.write(TopologyFile.parse("net.yaml", GOOD)))
                .contains("wire: 198.51.100.11:9999")
                .doesNotContain("wire: []");
    }

    @Test
    void takesAnEmptyNetwork() {
        assertThat(TopologyFile.parse("net.yaml", "version: 1")).isEqualTo(Topology.EMPTY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: web,         | prot: web,          | line 9: 'port' is missing",
                "port: web,         | 'port: web, prot: x,' | line 9: unknown field 'prot'",
                "web@east-1         | web@                | line 9: 'web@' does not name an endpoint",
                "lan: { node: east }| lan: { }            | line 7: 'node' is missing",
                "switches:          | switch:             | line 6: unknown field 'switch'",
                "version: 1         | version: 2          | is of version 2",
                "port: db           | port: web           | wire 2 (lan/web) uses the port of wire 1",
                "db@west-1          | web@east-1          | wire 2 (lan/db) uses endpoint web@east-1 of wire 1",
                "db@west-1          | db@west-7           | wire 2 (lan/db) goes to host 'west-7', which is not among the hosts",
                "switch: lan, port: db | switch: wan, port: db | wire 2 (wan/db) is on switch 'wan', which is not among",
                "192.0.2.10:7472    | 192.0.2.10          | api of host east-1 '192.0.2.10' is not of the form host:port",
                "198.51.100.11:9999 | acme@1.2.3.4:9      | wire of host west-1 'acme@1.2.3.4:9' is not of the form tenant/relay@host:port",
                "198.51.100.11:9999 | a/r@1.2.3.4         | wire of host west-1 'a/r@1.2.3.4' is not of the form tenant/relay@host:port",
                "lan: { node: east }| LAN!: { node: east }| switch 'LAN!' is not a name",
                "plain: true        | plain: maybe        | line 10: Cannot deserialize value of type boolean from",
                "hosts:             | 'hosts: {}\nhosts:' | line 4: Duplicate field 'hosts'",
                "version: 1         | 'version: [1'       | line"
            })
    void saysWhereItIsWrong(String good, String bad, String complaint) {
        assertThat(GOOD).contains(good);
        assertThatThrownBy(() -> TopologyFile.parse("net.yaml", GOOD.replace(good, bad)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
                    assertThat(e).hasMessageContaining("net.yaml").hasMessageContaining(complaint);
                });
    }

    @Test
    void namesTheFieldsThatItKnows() {
        assertThatThrownBy(() -> TopologyFile.parse("net.yaml", GOOD.replace("port: web", "port: web, prot: web")))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.hint()).contains("endpoint, plain, port, switch"));
    }

    @Test
    void anAddressInsideIsOfANetwork() {
        String api = "\"192.0.2.10:7472\"";
        HostSpec host = TopologyFile.parse("net.yaml", GOOD.replace(api, api + ", inside: 10.0.0.4, network: vpc-1"))
                .hosts()
                .get("east-1");
        assertThat(host.seenFrom("vpc-1").api()).isEqualTo("10.0.0.4:7472");
        assertThatThrownBy(() -> TopologyFile.parse("net.yaml", GOOD.replace(api, api + ", inside: 10.0.0.4")))
                .hasMessageContaining("host east-1 has inside, but no network");
        assertThatThrownBy(() -> TopologyFile.parse("net.yaml", GOOD.replace(api, api + ", network: vpc-1")))
                .hasMessageContaining("host east-1 has network, but no inside");
        assertThatThrownBy(() -> TopologyFile.parse(
                        "net.yaml", GOOD.replace(api, api + ", inside: '10.0.0.4:7472', network: Vpc!")))
                .hasMessageContaining("inside of host east-1 '10.0.0.4:7472' is not an address without a port")
                .hasMessageContaining("network of host east-1 'Vpc!' is not a name");
    }

    @Test
    void findsAllFaultsAtOnce() {
        assertThatThrownBy(() -> TopologyFile.parse(
                        "net.yaml", GOOD.replace("db@west-1", "web@west-9").replace("port: db", "port: web")))
                .hasMessageContaining("west-9")
                .hasMessageContaining("uses the port of wire 1");
    }
}
