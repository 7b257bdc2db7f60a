package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import io.virtualwire.testkit.fuzz.Absurd;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files as nobody should write them: read, or refused with the line and what to do. */
class ConfigFuzzTest {
    private static final String GOOD = """
            name: host-a
            identity: /etc/virtualwire/host-a.wire
            listen: 192.0.2.1
            port: 1
            api-port: 2
            state: /var/lib/virtualwire
            log-level: debug
            trust: [/etc/virtualwire/rival.crt]
            grants:
              - tenant: rival
                devices: [tap*]
                namespaces: ["-", guest-*]
                destinations: [192.0.2.0/24, "2001:db8::/32"]
                max-endpoints: 10
                requests-per-second: 40
            """;

    @TempDir
    private Path folder;

    @Test
    void whatIsAbsurdIsRefused() throws Exception {
        for (Map.Entry<String, String> absurd : Absurd.yaml("grants").entrySet()) {
            Path file = Files.writeString(folder.resolve("absurd.yaml"), absurd.getValue());
            assertThatThrownBy(() -> ConnectorFile.read(file))
                    .as(absurd.getKey())
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.getMessage()).hasSizeLessThan(5_000));
        }
    }

    @Test
    void filesAreReadOrRefused() throws Exception {
        Path good = Files.writeString(folder.resolve("good.yaml"), GOOD);
        Path bad = folder.resolve("bad.yaml");
        Fuzz.of("configuration files")
                .refusing(WireException.class)
                .allocatingAtMost(32 << 20)
                .stillWorks(() -> assertThat(ConnectorFile.read(good).name()).contains("host-a"))
                .run(3_000, new SpoiledText(List.of(GOOD), 50_000, "max-wires", "0.0.0.0/0", "/33"), input -> {
                    Files.write(bad, input);
                    ConnectorFile.read(bad);
                });
    }
}
