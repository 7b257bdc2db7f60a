package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.config.LogLevel;
import io.virtualwire.connector.admission.Quotas;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                threads: 3
                state: /var/lib/virtualwire
                log-level: debug
                trust: [/etc/virtualwire/rival.crt]
                grants:
                  - tenant: rival
                    devices: [tap*]
                    namespaces: ["-", guest-*]
                    destinations: [192.0.2.0/24, "2001:db8::/32"]
                    max-endpoints: 10
                    max-wires: 20
                    max-peers: 30
                    requests-per-second: 40
                    buffer-bytes: 50
                    relay: true
                    max-relayed: 60
                    relay-bytes-per-second: 70
                """);
        assertThat(file.name()).contains("host-a");
        assertThat(file.port()).contains(1);
        assertThat(file.apiPort()).contains(2);
        assertThat(file.threads()).contains(3);
        assertThat(file.logLevel()).contains(LogLevel.DEBUG);
        assertThat(file.trust()).containsExactly(Path.of("/etc/virtualwire/rival.crt"));
        assertThat(file.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.quotas()).isEqualTo(new Quotas(10, 20, 30, 40, 50, 60, 70));
            assertThat(grant.relay()).isTrue();
        });
    }

    @Test
    void anEmptyFileSaysNothing() {
        assertThat(read("")).isEqualTo(ConnectorFile.empty());
        assertThat(read("# port: 1\n")).isEqualTo(ConnectorFile.empty());
    }

    @Test
    void theSameTextIsTheSameGrant() {
        String yaml = "grants: [{tenant: t, devices: [a*], destinations: [192.0.2.0/24]}]";
        assertThat(read(yaml)).isEqualTo(read(yaml));
        assertThat(read(yaml)).isNotEqualTo(read(yaml.replace("/24", "/25")));
    }

    /** File, line, key, and what to do. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nmae: b                                       | unknown field 'nmae'           | known fields here
            name: [a, b]                                  | at name                        | docs/connector.yaml
            port: seven                                   | at port                        | docs/connector.yaml
            port: 1.5                                     | at port                        | docs/connector.yaml
            listen: {a: b}                                | at listen                      | docs/connector.yaml
            log-level: loud                               | 'loud' is no log level         | choose one of error
            trust: {a: b}                                 | at trust                       | docs/connector.yaml
            grants: rival                                 | at grants                      | docs/connector.yaml
            grants: [{tenant: t, devices: {a: b}}]        | at grants[1].devices           | docs/connector.yaml
            grants: [{tenant: t, max-wires: -1}]          | max-wires cannot be -1         | write 0 for none
            grants: [{tenant: t, max-wires: many}]        | at grants[1].max-wires         | docs/connector.yaml
            grants: [{tenant: t, maxWires: 1}]            | 'maxWires' at grants[1]        | max-wires
            grants: [{devices: [a]}]                      | a grant names no tenant        | - tenant: NAME
            grants: [{tenant: t, destinations: [192.0.2.0/40]}] | '192.0.2.0/40' is not a block | write 192.0.2.0/24
            state: /a                                     | Duplicate field 'state'        | docs/connector.yaml
            """)
    void whatIsWrongIsSaidWithFileLineAndKey(String line, String what, String advice) {
        assertThatThrownBy(() -> read("# a comment\nstate: /b\n" + line + "\n"))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e).hasMessageContaining(".yaml, line 3: ").hasMessageContaining(what);
                    assertThat(e.hint()).contains(advice);
                });
    }
}
