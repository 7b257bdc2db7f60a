package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibvirtCredentialsTest {
    @TempDir
    Path folder;

    @Test
    void whoIsReachedByTlsIsToldWhereOursAre() throws IOException {
        Files.createFile(folder.resolve("clientcert.pem"));
        LibvirtCredentials ours = new LibvirtCredentials(folder);
        assertThat(ours.in("qemu+tls://192.0.2.7/system")).isEqualTo("qemu+tls://192.0.2.7/system?pkipath=" + folder);
        assertThat(ours.in("qemu+tls://192.0.2.7/system?no_tty=1"))
                .isEqualTo("qemu+tls://192.0.2.7/system?no_tty=1&pkipath=" + folder);
    }

    @Test
    void whatWasSaidStays() throws IOException {
        LibvirtCredentials none = new LibvirtCredentials(folder);
        assertThat(none.in("qemu+tls://192.0.2.7/system")).isEqualTo("qemu+tls://192.0.2.7/system");
        Files.createFile(folder.resolve("clientcert.pem"));
        for (String uri : new String[] {
            "qemu+tls://192.0.2.7/system?pkipath=/mine",
            "qemu+ssh://admin@192.0.2.7/system",
            "qemu:///system",
            "test:///default"
        }) {
            assertThat(none.in(uri)).isEqualTo(uri);
        }
    }
}
