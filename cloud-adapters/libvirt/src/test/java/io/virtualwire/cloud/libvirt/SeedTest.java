package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.virtualwire.cloud.ssh.SshKeyPair;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cloud-init finds, read out of the disk by mtools, which know nothing of how it was written. */
final class SeedTest {
    private static final UUID ID = UUID.fromString("11111111-2222-3333-4444-555555555555");

    @TempDir
    Path folder;

    private Path disk;

    private void write(byte[] content) throws IOException {
        disk = folder.resolve("seed");
        Files.write(disk, content);
    }

    private String mtools(String... line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private String file(String name) throws IOException, InterruptedException {
        return mtools("mtype", "-i", disk.toString(), "::" + name);
    }

    private JsonNode yaml(String name) throws IOException, InterruptedException {
        return new YAMLMapper().readTree(file(name));
    }

    @Test
    void bothSidesAreKnown() throws IOException, InterruptedException {
        SshKeyPair hostKey = SshKeyPair.generate("virtualwire-lab-one");
        String login = SshKeyPair.generate("virtualwire-lab").publicLine();
        Seed seed = new Seed(ID, "one", login, hostKey, "#cloud-config\npackages: [\"x\"]\n");
        write(seed.disk());
        assertThat(mtools("mlabel", "-i", disk.toString(), "-s", "::")).contains("cidata");
        assertThat(yaml("meta-data").path("instance-id").asText()).isEqualTo(ID.toString());
        assertThat(yaml("meta-data").path("local-hostname").asText()).isEqualTo("one");
        assertThat(yaml("meta-data").path("public-keys").path(0).asText()).isEqualTo(login);
        assertThat(file("user-data")).isEqualTo("#cloud-config\npackages: [\"x\"]\n");
        JsonNode keys = yaml("vendor-data").path("ssh_keys");
        assertThat(keys.path("ed25519_private").asText()).isEqualTo(hostKey.privateText());
        assertThat(keys.path("ed25519_public").asText()).isEqualTo(hostKey.publicLine());
        assertThat(file("vendor-data")).startsWith("#cloud-config\n");
        assertThat(seed.toString() + hostKey).as("what a log would say").doesNotContain("PRIVATE");
    }

    @Test
    void filesOfEverySizeAreWhole() throws IOException, InterruptedException {
        for (int size : new int[] {0, 1, 511, 512, 513, 1024, 65_537, 900_000}) {
            String content = "x".repeat(Math.max(0, size - 1)) + (size == 0 ? "" : "\n");
            write(SeedDisk.of("cidata", Map.of("a-longer-name-than-thirteen-characters", content)));
            assertThat(file("a-longer-name-than-thirteen-characters")).isEqualTo(content);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> SeedDisk.of("cidata", Map.of("user-data", "x".repeat(SeedDisk.BYTES))))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("user-data has 1048576 bytes");
    }
}
