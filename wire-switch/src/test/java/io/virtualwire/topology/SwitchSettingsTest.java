package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StaticEntry;
import io.virtualwire.forwarding.StormRate;
import io.virtualwire.forwarding.StormSettings;
import io.virtualwire.forwarding.VlanRange;
import io.virtualwire.frame.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a switch is set up, as a topology file says it. */
class SwitchSettingsTest {
    private static final String GOOD = """
            version: 1
            hosts: { h: { api: "h:1" } }
            switches:
              lan:
                node: east
                ports:
                  db: { trunk: [7, 20-29], native: 1, storm: { broadcast: 100 frames/s, unknown: 2000000 bytes/s } }
                  app: { access: 20 }
                static:
                  - { mac: "02:00:00:00:00:01", port: web }
                  - { mac: "02:00:00:00:00:01", port: db, vlan: 7 }
            wires:
              - { switch: lan, port: web, endpoint: web@h }
              - { switch: lan, port: db, endpoint: db@h }
              - { switch: lan, port: app, endpoint: app@h }
            """;

    @Test
    void readsStaticEntries() {
        assertThat(lan(GOOD).settings().statics())
                .containsExactly(
                        new StaticEntry(new MacAddress(0x0200_0000_0001L), 0, "web"),
                        new StaticEntry(new MacAddress(0x0200_0000_0001L), 7, "db"));
    }

    @Test
    void readsPorts() {
        Map<String, PortSettings> ports = lan(GOOD).settings().ports();
        assertThat(ports)
                .containsOnly(
                        entry("app", new PortSettings(new PortVlans.Access(20), StormSettings.NONE)),
                        entry(
                                "db",
                                new PortSettings(
                                        new PortVlans.Trunk(List.of(new VlanRange(7, 7), new VlanRange(20, 29)), 1),
                                        new StormSettings(
                                                new StormRate(100, StormRate.Unit.FRAMES),
                                                null,
                                                new StormRate(2_000_000, StormRate.Unit.BYTES)))));
        assertThat(ports.get("db").vlans()).hasToString("trunk 7,20-29 native 1");
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
                "static:            | statics:           | line 9: unknown field 'statics' at switches.lan",
                "port: web }        | prt: web }         | line 10: 'port' is missing at switches.lan.static[1].port",
                "port: web }        | 'port: web, x: y }' | line 10: unknown field 'x'",
                "mac: \"02:00:00:00:00:01\", port: web | mac: , port: web | (null) of switch lan is not the address",
                "{ mac: \"02:00:00:00:00:01\", port: web } | ''     | line 10",
                "port: web }        | port: }            | is on port",
                "02:00:00:00:00:01\", port: web | 02:00:01\", port: web | line 10: '02:00:01' is not a MAC address",
                "02:00:00:00:00:01\", port: web | 03:00:00:00:00:01\", port: web | is not the address of one station",
                "02:00:00:00:00:01\", port: web | 00:00:00:00:00:00\", port: web | is not the address of one station",
                "port: web }        | port: wep }        | is on port 'wep', which has no wire",
                "vlan: 7            | vlan: 4095         | is VLAN 4095, which is not between",
                "vlan: 7            | vlan: seven        | line 11: Cannot deserialize value of type int",
                "access: 20         | acces: 20          | line 8: unknown field 'acces' at switches.lan.ports.app",
                "access: 20         | access: 4095       | access of port app of switch lan is VLAN 4095, which is not",
                "access: 20         | access: 0          | access of port app of switch lan is VLAN 0, which is not",
                "access: 20         | access: [20]       | line 8: Cannot deserialize",
                "access: 20         | 'access: 20, native: 3' | is an access port, which has neither trunk nor native",
                "access: 20         | native: 3          | has a native VLAN, but is not a trunk: write access: 3",
                "app: { access      | ap: { access       | port ap of switch lan is set up, but has no wire",
                "20-29              | 29-20              | line 7: '29-20' is not a range of VLANs",
                "20-29              | 0-4                | line 7: '0-4' is not a range of VLANs",
                "20-29              | 20-99999           | line 7: '20-99999' does not name VLANs",
                "20-29              | 4095               | line 7: '4095' is not a range of VLANs",
                "20-29              | null               | line 7",
                "native: 1          | native: -1         | native of port db of switch lan is VLAN -1",
                "100 frames/s       | 100 frames         | line 7: '100 frames' is not a rate",
                "100 frames/s       | -1 frames/s        | line 7: '-1 frames/s' is not a rate",
                "broadcast:         | anycast:           | line 7: unknown field 'anycast'",
                "vlan: 7            | vlan: 8            | is in VLAN 8, which port db does not carry",
                "port: web }        | port: app }        | is in no VLAN, which port app does not carry",
                "port: db, vlan: 7  | port: web          | says again what entry 1 says"
            })
    void saysWhereItIsWrong(String good, String bad, String complaint) {
        assertThat(GOOD).contains(good);
        assertThatThrownBy(() -> lan(GOOD.replace(good, bad))).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
            assertThat(e).hasMessageContaining(complaint);
        });
    }

    /** Whatever is done to a file, it is read or refused, and nothing else happens. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aSpoiltFileIsReadOrRefused(long seed) {
        Random random = new Random(seed);
        String alphabet = " \n:{}[],-0123456789\"'abeglnoprstvwy&*!?|>%@";
        int rounds = Boolean.getBoolean("wire.long") ? 50_000 : 300;
        for (int round = 0; round < rounds; round++) {
            StringBuilder text = new StringBuilder(GOOD);
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    default -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                }
            }
            try {
                TopologyFile.parse("spoilt", text.toString())
                        .switches()
                        .values()
                        .forEach(SwitchSpec::settings);
            } catch (WireException refused) {
                assertThat(refused.code()).as("seed %d:\n%s", seed, text).isEqualTo(ErrorCode.BAD_REQUEST);
            } catch (RuntimeException failure) {
                throw new AssertionError("seed " + seed + ":\n" + text, failure);
            }
        }
    }

    private static SwitchSpec lan(String text) {
        return TopologyFile.parse("net.yaml", text).switches().get("lan");
    }
}
