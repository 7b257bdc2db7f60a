package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ConnectorFileTest {

    static ConnectorFile read(String yaml) {
        try {
            Path file = Files.createTempFile("connector", ".yaml");
            Files.writeString(file, yaml);
            try {
                return ConnectorFile.read(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyKeyIsRead() {
        ConnectorFile file = read("""
                name: host-a
                identity: /etc/virtualwire/host-a.wire
                listen: 192.0.2.1
                port: 1
                api-port: 2
                state: /var/lib/virtualwire
                trust: [/etc/virtualwire/rival.crt]
                grants:
                  - tenant: rival
                    devices: [tap*]
                    namespaces: ["-", guest-*]
                    destinations: [192.0.2.0/24, "2001:db8::/32"]
                    max-endpoints: 10
                    max-wires: 20
                """);
        assertThat(file.name()).contains("host-a");
        assertThat(file.port()).contains(1);
        assertThat(file.apiPort()).contains(2);
        assertThat(file.trust()).containsExactly(Path.of("/etc/virtualwire/rival.crt"));
        assertThat(file.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.maxEndpoints()).hasValue(10);
            assertThat(grant.maxWires()).hasValue(20);
        });
    }

    /** The reference says nothing as it stands, and every key in it is one when its comment sign is taken away. */
    @Test
    void theReferenceIsRight() throws IOException {
        String reference = Files.readString(Path.of("../docs/connector.yaml"));
        assertThat(read(reference)).isEqualTo(ConnectorFile.empty());
        String all = reference
                .replaceAll("(?m)^# (name|identity|listen|port|api-port|state):", "$1:")
                .replaceAll("(trust|grants): \\[]", "$1:")
                .replaceAll("(?m)^#  ", "  ");
        ConnectorFile file = read(all);
        assertThat(file.name()).contains("host-a");
        assertThat(file.trust()).hasSize(1);
        assertThat(file.grants())
                .singleElement()
                .satisfies(grant -> assertThat(grant.maxWires()).hasValue(64));
    }

    @Test
    void anEmptyFileSaysNothing() {
        assertThat(read("")).isEqualTo(ConnectorFile.empty());
        assertThat(read("# port: 1\n")).isEqualTo(ConnectorFile.empty());
    }

    @Test
    void anUnknownKeyIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read("name: a\nnmae: b\n"))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("nmae")
                .hasMessageContaining("line 2: unknown field 'nmae'");
    }

    @Test
    void anOddDestinationIsRefused() {
        assertThatThrownBy(() -> read("grants: [{tenant: t, destinations: [192.0.2.0/40]}]"))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("192.0.2.0/40");
    }
}
