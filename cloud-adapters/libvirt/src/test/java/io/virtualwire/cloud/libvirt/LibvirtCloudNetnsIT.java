package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.cloud.ssh.SshKeyPair;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.vm.CloudImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Hosts of a real libvirt: one that boots, and what is left where a launch fails or is killed, after whichever of its questions. */
@NetnsTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LibvirtCloudNetnsIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /* That a launch asks until it waits for the address. */
    private static final int QUESTIONS = 15;
    private static final LibvirtCloudAdapter.Pause NONE = length -> {};

    private HypervisorLab lab;
    private Path empty;

    /** As a process that is killed: nothing is cleaned up. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Fails after one question, which libvirt has answered. */
    private static final class Saboteur implements Asking {
        private final Asking libvirt;
        private final int at;
        private final boolean deadly;
        private int asked;

        /**
         * @param at the number of the question, from 1; 0 for none
         * @param deadly whether the process is killed
         */
        Saboteur(Asking libvirt, int at, boolean deadly) {
            this.libvirt = libvirt;
            this.at = at;
            this.deadly = deadly;
        }

        @Override
        public <T> T ask(String attempted, LibvirtLink.Question<T> question) {
            T answer = libvirt.ask(attempted, question);
            if (++asked != at) {
                return answer;
            }
            if (deadly) {
                throw new Killed();
            }
            throw new WireException(ErrorCode.UNAVAILABLE, "cannot " + attempted + ": sabotage", "");
        }

        @Override
        public void close() {
            libvirt.close();
        }
    }

    @BeforeAll
    void open() throws IOException {
        lab = new HypervisorLab();
        empty = lab.folder().resolve("empty.qcow2");
        lab.libvirt().host().run("qemu-img", "create", "-q", "-f", "qcow2", empty.toString(), "1M");
    }

    @AfterAll
    void close() {
        lab.close();
    }

    private LibvirtCloudAdapter adapter(Path image, int at, boolean deadly) {
        LibvirtSettings settings = LibvirtSettings.parse(HypervisorLab.CLOUD, lab.settings(image));
        return new LibvirtCloudAdapter(
                HypervisorLab.CLOUD,
                settings,
                new Saboteur(new CloudLink(settings.uri()), at, deadly),
                lab.folder().resolve("cloud"),
                NONE);
    }

    private CloudAdapter cloud(String... more) {
        return new LibvirtCloud()
                .open(
                        HypervisorLab.CLOUD,
                        lab.settings(CloudImage.disk(), more),
                        lab.folder().resolve("cloud"));
    }

    @Test
    void aGuestThatBootsIsAHost() {
        try (CloudAdapter cloud = cloud()) {
            CloudHost one = cloud.launch(HostOrder.of("one").withType("1x112"));
            LibvirtCloudContractNetnsIT.awaitDoor(cloud, one);
            assertThat(one.state()).isEqualTo(HostState.RUNNING);
            assertThat(one.type()).isEqualTo("1x112");
            try (CloudAdapter another = cloud()) {
                assertThat(another.launch(HostOrder.of("one"))).isEqualTo(one);
                assertThat(another.resources())
                        .extracting(CloudResource::kind, CloudResource::id, CloudResource::host)
                        .containsExactly(
                                tuple("domain, emulated", "virtualwire.lab.one", "one"),
                                tuple("volume", "virtualwire.lab.one.disk", "one"),
                                tuple("volume", "virtualwire.lab.one.seed", "one"));
                try (HostShell shell = another.shell(one)) {
                    assertThat(shell.run(LIMIT, List.of("sh", "-c", "hostname; cat /seed/user-data"))
                                    .output())
                            .isEqualTo("one\n#cloud-config\n{}\n");
                }
            }
            /* Who stands at its address with another key than the one in its tag is not believed. */
            setKey(SshKeyPair.generate("somebody").publicLine());
            refused(ErrorCode.UNAUTHENTICATED, () -> cloud.shell(one));
            cloud.remove("one");
            assertThat(cloud.hosts()).isEmpty();
            refused(ErrorCode.NOT_FOUND, () -> cloud.shell(one));
        }
        assertThat(lab.inventory()).isEmpty();
    }

    private void setKey(String key) {
        lab.libvirt()
                .virsh(
                        "metadata",
                        "virtualwire.lab.one",
                        HostTag.NAMESPACE,
                        "--live",
                        "--config",
                        "--key",
                        "virtualwire",
                        "--set",
                        "<host cloud='lab' name='one' size='1x112' key='" + key + "'/>");
    }

    @Test
    void aLaunchThatFailsLeavesNothing() {
        for (int at = 0; at <= QUESTIONS; at++) {
            try (LibvirtCloudAdapter cloud = adapter(empty, at, false)) {
                assertThatThrownBy(() -> cloud.launch(once()))
                        .isInstanceOf(WireException.class)
                        .hasMessageContaining(at == 0 ? "no address within" : "sabotage");
                assertThat(lab.inventory()).as("after question %d", at).isEmpty();
            }
        }
    }

    /** Patient only for as long as it takes to look once. */
    private static HostOrder once() {
        return HostOrder.of("one").within(Duration.ZERO);
    }

    @Test
    void whatAKilledLaunchLeftIsFoundAndRemoved() {
        Map<String, Integer> seen = new HashMap<>();
        for (int at = 1; at <= QUESTIONS; at++) {
            try (LibvirtCloudAdapter cloud = adapter(empty, at, true);
                    CloudAdapter next = cloud()) {
                assertThatThrownBy(() -> cloud.launch(once())).isInstanceOf(Killed.class);
                List<CloudResource> left = next.resources();
                assertThat(lab.inventory().isEmpty())
                        .as("after question %d", at)
                        .isEqualTo(left.isEmpty());
                left.forEach(it -> seen.merge(it.kind(), 1, Integer::sum));
                next.remove("one");
                assertThat(lab.inventory()).isEmpty();
            }
        }
        assertThat(seen).containsOnlyKeys("volume", "domain, emulated");
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingIsMade() throws IOException {
        Path large = lab.folder().resolve("large.img");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((1L << 30) + 1);
        }
        String[][] wrong = {
            {"network", "nowhere"},
            {"pool", "nowhere"},
            {"image", large.toString()},
            {"image", "/dev/null"},
            {"image", lab.folder().resolve("absent").toString()}
        };
        for (String[] each : wrong) {
            try (CloudAdapter cloud = cloud(each)) {
                assertThatExceptionOfType(WireException.class)
                        .as(String.join(" ", each))
                        .isThrownBy(() -> cloud.launch(HostOrder.of("one")))
                        .satisfies(e -> assertThat(e).hasMessageContaining(each[1]))
                        .satisfies(e -> assertThat(e.hint()).isNotBlank());
            }
        }
        try (CloudAdapter cloud = cloud("uri", "qemu+unix:///system?socket=/no/such/socket")) {
            refused(ErrorCode.UNAVAILABLE, cloud::hosts);
        }
        lab.libvirt().virsh("pool-destroy", "default");
        try (CloudAdapter cloud = cloud()) {
            refused(ErrorCode.WRONG_STATE, () -> cloud.launch(HostOrder.of("one")));
        } finally {
            lab.libvirt().virsh("pool-start", "default");
        }
        assertThat(lab.inventory()).isEmpty();
    }

    private static void refused(ErrorCode code, ThrowingCallable what) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
