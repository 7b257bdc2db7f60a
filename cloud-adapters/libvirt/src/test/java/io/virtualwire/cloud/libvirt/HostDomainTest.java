package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a cloud, and what libvirt is told of a host. */
final class HostDomainTest {
    private static final VolumeNames NAMES = new VolumeNames("lab", "one");

    @TempDir
    Path folder;

    private static HostDomain host(boolean emulated) {
        HostTag tag = new HostTag("lab", "one", "2x2048", "ssh-ed25519 AAAA <&'\"> x");
        return new HostDomain(
                UUID.randomUUID(),
                NAMES.domain(),
                tag,
                GuestSize.parse("2x2048"),
                emulated,
                "pool",
                NAMES,
                "qcow2",
                "net");
    }

    @Test
    void itsTagIsFoundAgain() {
        HostDomain host = host(true);
        assertThat(HostDomain.Described.of(host.xml()))
                .hasValueSatisfying(it -> assertThat(it).isEqualTo(new HostDomain.Described(host.tag(), true, "")));
        assertThat(HostDomain.Described.of(
                        "<domain type='kvm'><metadata><x:host xmlns:x='urn:y' cloud='lab'/>" + "</metadata></domain>"))
                .as("somebody else's")
                .isEmpty();
        assertThat(HostDomain.Described.of("<domain type='kvm'/>")).isEmpty();
    }

    @Test
    void guestsNestInItWhereTheProcessorCan() {
        assertThat(host(false).xml())
                .contains("type=\"kvm\"", "host-passthrough")
                .doesNotContain("type=\"qemu\">");
        assertThat(host(true).xml())
                .contains("<domain type=\"qemu\"", "maximum")
                .doesNotContain("kvm");
    }

    @Test
    void volumesOfOthersAreNotOurs() {
        assertThat(VolumeNames.of("lab", NAMES.disk())).contains(NAMES);
        assertThat(VolumeNames.of("lab", NAMES.seed())).contains(NAMES);
        assertThat(VolumeNames.of("la", NAMES.disk())).isEmpty();
        assertThat(VolumeNames.of("lab", "virtualwire.lab.disk")).isEmpty();
        assertThat(VolumeNames.of("lab", "virtualwire.lab..disk")).isEmpty();
        assertThat(VolumeNames.of("lab", "virtualwire.lab.one.two.disk")).isEmpty();
        assertThat(VolumeNames.of("lab", "web1.qcow2")).isEmpty();
    }

    @Test
    void anImageSaysWhatItIs() throws Exception {
        byte[] raw = new byte[2048];
        Path file = Files.write(folder.resolve("image"), raw);
        assertThat(DiskImage.read(file)).isEqualTo(new DiskImage(file, "raw", 2048, 2048));
        ByteBuffer header = ByteBuffer.wrap(raw).putInt(0x514649fb).putInt(3).putLong(0);
        header.putLong(24, 5L << 30);
        Files.write(file, raw);
        assertThat(DiskImage.read(file)).isEqualTo(new DiskImage(file, "qcow2", 2048, 5L << 30));
        header.putLong(8, 512);
        Files.write(file, raw);
        assertThatThrownBy(() -> DiskImage.read(file)).hasMessageContaining("differs from another file");
    }

    @ParameterizedTest
    @CsvSource({
        "uri, ''",
        "uri, default",
        "image, ''",
        "network, -x",
        "pool, a b",
        "size, 2",
        "size, 0x2048",
        "size, 2x8",
        "disk, 0",
        "disk, much",
        "user, Root",
        "user, a;b",
        "virtualization, perhaps",
        "outside, here"
    })
    void whatCannotBeIsRefused(String setting, String value) {
        Map<String, String> settings = new HashMap<>(Map.of("uri", "qemu:///system", "image", "x.qcow2"));
        settings.put(setting, value);
        LibvirtCloud type = new LibvirtCloud();
        assertThatThrownBy(() -> type.open("lab", settings, folder)).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
            assertThat(e.hint()).isNotBlank();
        });
    }

    @Test
    void aCloudIsAddedWithoutItsHypervisor() {
        Map<String, String> settings = Map.of("uri", "qemu+ssh://root@192.0.2.1/system", "image", "x.qcow2");
        try (CloudAdapter cloud = new LibvirtCloud().open("lab", settings, folder)) {
            assertThat(cloud.name()).isEqualTo("lab");
            assertThat(cloud.filters()).isFalse();
        }
    }
}
