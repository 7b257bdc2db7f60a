package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.NetnsTest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The disk of a connector's journal fills up: what runs goes on, what is asked is refused with its reason. */
@NetnsTest
final class FullDiskNetnsTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials A = ACME.issue("host-a");
    private static final Credentials B = ACME.issue("host-b");

    private final ConnectorLab lab = new ConnectorLab();
    private final Path state = lab.stateFolder(A);

    @AfterEach
    void close() throws Exception {
        new ProcessBuilder("umount", state.toString()).start().waitFor();
        lab.close();
    }

    @Test
    void aFullDiskStopsNothingThatRuns() throws Exception {
        Files.createDirectories(state);
        mount();
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        lab.start(lab.hostB(), ADDRESS_B, B, "");
        lab.connectWebToDb(ME, A, B);
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        Pings pings = new Pings(lab.hostA(), "10.1.0.2", 10);

        Path filler = state.resolve("filler");
        fill(filler);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        a.putEndpoint(EndpointDescription.named("more" + i));
                    }
                })
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
                    assertThat(e).hasMessageContaining(state.resolve("journal").toString());
                    assertThat(e).hasMessageContaining("No space left on device");
                    assertThat(e.hint()).contains("make room on the disk " + state + " (tmpfs)");
                });
        int before = a.endpoints().size();
        assertThat(lab.hostA()
                        .tryRun("ip", "link", "show", "more" + (before - 1))
                        .succeeded())
                .as("what was refused left no device behind")
                .isFalse();
        assertThat(a.wires()).hasSize(1);

        Files.delete(filler);
        a.putEndpoint(EndpointDescription.named("later"));
        assertThat(a.endpoints()).hasSize(before + 1);
        pings.endWithoutALoss();
    }

    private void mount() throws Exception {
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", state.toString())
                .inheritIO()
                .start();
        assertThat(mount.waitFor()).isZero();
    }

    private static void fill(Path filler) throws IOException {
        byte[] page = new byte[4096];
        Arrays.fill(page, (byte) 1);
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }
}
