package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.forwarding.StaticEntry;
import io.virtualwire.frame.MacAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a switch is set up, as a topology file says it. */
class SwitchSettingsTest {
    private static final String GOOD = """
            version: 1
            hosts: { h: { api: "h:1" } }
            switches:
              lan:
                node: east
                static:
                  - { mac: "02:00:00:00:00:01", port: web }
                  - { mac: "02:00:00:00:00:01", port: db, vlan: 7 }
            wires:
              - { switch: lan, port: web, endpoint: web@h }
              - { switch: lan, port: db, endpoint: db@h }
            """;

    @Test
    void readsStaticEntries() {
        assertThat(lan(GOOD).settings().statics())
                .containsExactly(
                        new StaticEntry(new MacAddress(0x0200_0000_0001L), 0, "web"),
                        new StaticEntry(new MacAddress(0x0200_0000_0001L), 7, "db"));
    }

    @Test
    void theLogKeepsAllOfIt() throws Exception {
        ObjectMapper json = new ObjectMapper();
        SwitchSpec spec = lan(GOOD);
        assertThat(json.readValue(json.writeValueAsBytes(spec), SwitchSpec.class))
                .isEqualTo(spec);
    }

    @Test
    void theLogOfThePreviousReleaseHasNothingOfIt() throws Exception {
        SwitchSpec spec = new ObjectMapper().readValue("{\"node\":\"east\"}", SwitchSpec.class);
        assertThat(spec.settings().statics()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "static:            | statics:           | line 6: unknown field 'statics' at switches.lan",
                "port: web }        | prt: web }         | line 7: 'port' is missing at switches.lan.static[1].port",
                "port: web }        | 'port: web, x: y }' | line 7: unknown field 'x'",
                "mac: \"02:00:00:00:00:01\", port: web | mac: , port: web | (null) of switch lan is not the address",
                "{ mac: \"02:00:00:00:00:01\", port: web } | ''     | line 7",
                "port: web }        | port: }            | is on port",
                "02:00:00:00:00:01\", port: web | 02:00:01\", port: web | line 7: '02:00:01' is not a MAC address",
                "02:00:00:00:00:01\", port: web | 03:00:00:00:00:01\", port: web | is not the address of one station",
                "02:00:00:00:00:01\", port: web | 00:00:00:00:00:00\", port: web | is not the address of one station",
                "port: web }        | port: wep }        | is on port 'wep', which has no wire",
                "vlan: 7            | vlan: 4095         | has VLAN 4095, which is not between",
                "vlan: 7            | vlan: seven        | line 8: Cannot deserialize value of type int",
                ", vlan: 7          | ''                 | says again what entry 1 says"
            })
    void saysWhereItIsWrong(String good, String bad, String complaint) {
        assertThat(GOOD).contains(good);
        assertThatThrownBy(() -> lan(GOOD.replace(good, bad))).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
            assertThat(e).hasMessageContaining(complaint);
        });
    }

    private static SwitchSpec lan(String text) {
        return TopologyFile.parse("net.yaml", text).switches().get("lan");
    }
}
