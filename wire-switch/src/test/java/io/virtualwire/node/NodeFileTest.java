package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.config.LogLevel;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NodeFileTest {
    @TempDir
    private Path folder;

    private NodeFile read(String yaml) throws IOException {
        return NodeFile.read(Files.writeString(folder.resolve("node.yaml"), yaml));
    }

    @Test
    void everyKeyIsRead() throws IOException {
        NodeFile file = read("""
                name: east
                identity: /etc/virtualwire/node-east.wire
                listen: 192.0.2.10
                peers: [east=192.0.2.10, west=node-w@198.51.100.10:7]
                state: /var/lib/virtualwire
                wire-port: 1
                api-port: 2
                witness: true
                log-level: warn
                trust: [/etc/virtualwire/cloud.crt]
                """);
        assertThat(file.peers()).isEqualTo(PeerNode.parseAll("east=192.0.2.10,west=node-w@198.51.100.10:7"));
        assertThat(file.witness()).contains(true);
        assertThat(file.wirePort()).contains(1);
        assertThat(file.apiPort()).contains(2);
        assertThat(file.logLevel()).contains(LogLevel.WARN);
        assertThat(file.trust()).hasSize(1);
        assertThat(read("# nothing\n")).isEqualTo(NodeFile.empty());
        assertThatThrownBy(() -> NodeFile.read(folder.resolve("absent")))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    /** File, line, key, and what to do. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nmae: b            | unknown field 'nmae'           | known fields here
            name: [a, b]       | at name                        | docs/node.yaml
            wire-port: seven   | at wire-port                   | docs/node.yaml
            witness: perhaps   | at witness                     | docs/node.yaml
            peers: [east]      | 'east' does not name a node    | write NAME=HOST:PORT
            log-level: loud    | 'loud' is no log level         | choose one of error
            state: /a          | Duplicate field 'state'        | docs/node.yaml
            """)
    void whatIsWrongIsSaidWithFileLineAndKey(String line, String what, String advice) {
        assertThatThrownBy(() -> read("# a comment\nstate: /b\n" + line + "\n"))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e).hasMessageContaining("node.yaml, line 3: ").hasMessageContaining(what);
                    assertThat(e.hint()).contains(advice);
                });
    }
}
