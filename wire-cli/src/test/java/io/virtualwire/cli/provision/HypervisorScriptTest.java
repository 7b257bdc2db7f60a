package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.PkiFolder;
import io.virtualwire.identity.TenantAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** hypervisor.sh, on a host that is a folder and whose systemctl notes what it is told. */
final class HypervisorScriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SHIPPED =
            "#key_file = \"/etc/pki/libvirt/private/serverkey.pem\"\nunix_sock_group = \"libvirt\"\n";

    @TempDir
    Path root;

    private final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());

    @BeforeEach
    void makeHost() throws IOException {
        Files.createDirectories(root.resolve("own"));
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("etc/libvirt"));
        Files.writeString(conf(), SHIPPED);
        Path systemctl = Files.writeString(
                root.resolve("bin/systemctl"), """
                #!/bin/sh
                echo "$@" >>"%s"
                case "$*" in *is-enabled*) grep -q '^enable' "%s" ;; esac
                """.formatted(root.resolve("told"), root.resolve("told")));
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        issue();
    }

    @Test
    void withoutSystemdTheCredentialsGoToOurOwnLibvirtAndToANode() throws IOException {
        assertThat(run("open").output().lines()).hasSize(3).containsOnly("changed");
        for (String folder : List.of("daemon/etc/pki", "node")) {
            Path to = root.resolve(folder);
            assertThat(to).isDirectoryContaining(file -> file.endsWith("clientcert.pem"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve("clientkey.pem"))))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(to.resolve("cacert.pem")))
                    .isEqualTo(TenantAuthority.pem(authority.certificate()));
            assertThat(TenantAuthority.parseMember("it", Files.readString(to.resolve("clientcert.pem")))
                            .getSubjectX500Principal()
                            .getName())
                    .contains("CN=libvirt-one");
            assertThat(Files.readString(to.resolve("clientkey.pem"))).contains("BEGIN EC PRIVATE KEY");
        }
        assertThat(run("open").output()).as("nothing has changed").isBlank();
        issue();
        assertThat(run("open").output()).contains("changed");
        run("close");
        assertThat(root.resolve("daemon/etc/pki")).doesNotExist();
        assertThat(root.resolve("node")).doesNotExist();
        assertThat(root.resolve("own")).doesNotExist();
        assertThat(root.resolve("told"))
                .as("there is no systemd to tell anything")
                .doesNotExist();
    }

    @Test
    void withSystemdTheDistributionsLibvirtListensAndStopsAgain() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        Path drop = Files.createDirectories(root.resolve("usr/share/doc/virtualwire"))
                .resolve("qemu.conf");
        Files.writeString(drop, "[Service]\n");
        assertThat(run("open").succeeded()).isTrue();
        assertThat(Files.readString(conf()))
                .startsWith(SHIPPED)
                .contains("key_file = \"/etc/libvirt/pki/clientkey.pem\"", "tls_allowed_dn_list = [\"*CN=libvirt-*\"]");
        assertThat(root.resolve("etc/libvirt/pki/clientkey.pem")).exists();
        assertThat(told())
                .containsSubsequence(
                        "stop libvirtd.service", "enable -q --now libvirtd-tls.socket", "start libvirtd.service")
                .contains("daemon-reload", "try-restart virtualwire-connector.service");
        assertThat(root.resolve("etc/systemd/system/virtualwire-connector.service.d/qemu.conf"))
                .hasContent("[Service]");

        String once = Files.readString(conf());
        Files.delete(root.resolve("told"));
        Files.writeString(root.resolve("told"), "enable\n");
        assertThat(run("open").succeeded()).isTrue();
        assertThat(Files.readString(conf())).isEqualTo(once);
        assertThat(told()).as("whoever runs machines there is not disturbed").doesNotContain("stop libvirtd.service");

        assertThat(run("close").output().strip()).isEqualTo("systemd");
        assertThat(Files.readString(conf())).isEqualTo(SHIPPED);
        assertThat(told()).contains("disable -q --now libvirtd-tls.socket");
        assertThat(root.resolve("etc/libvirt/pki")).doesNotExist();
    }

    @Test
    void aHostThatSharesItsFilesLeavesThisMachinesLibvirtAlone() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        assertThat(run("open", "").succeeded()).isTrue();
        assertThat(root.resolve("daemon/etc/pki/clientkey.pem")).exists();
        run("close", "");
        assertThat(Files.readString(conf())).isEqualTo(SHIPPED);
        assertThat(root.resolve("told")).doesNotExist();
    }

    @Test
    void whatSomebodyElseHasSetUpIsLeftAlone() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        String theirs = SHIPPED + "key_file = \"/etc/pki/theirs.pem\"\n";
        Files.writeString(conf(), theirs);
        CommandResult refused = run("open");
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.output()).contains("set up by somebody else");
        assertThat(Files.readString(conf())).isEqualTo(theirs);
        assertThat(root.resolve("told")).doesNotExist();
        run("close");
        assertThat(Files.readString(conf())).isEqualTo(theirs);
    }

    @Test
    void credentialsOfSomebodyElseAreLeftAlone() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        Path theirs = Files.createDirectories(root.resolve("etc/libvirt/pki")).resolve("clientkey.pem");
        Files.writeString(theirs, "theirs");
        CommandResult refused = run("open");
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.output()).contains("/etc/libvirt/pki is somebody else's");
        run("close");
        assertThat(theirs).hasContent("theirs");
        assertThat(Files.readString(conf())).isEqualTo(SHIPPED);
    }

    private Path conf() {
        return root.resolve("etc/libvirt/libvirtd.conf");
    }

    private List<String> told() throws IOException {
        return Files.readAllLines(root.resolve("told"));
    }

    private void issue() {
        Credentials credentials = authority.issue("libvirt-one");
        new PkiFolder(root.resolve("own")).write(credentials);
    }

    private CommandResult run(String action) {
        return run(action, "root");
    }

    private CommandResult run(String action, String user) {
        String text = LibvirtThere.text().replaceFirst("(?m)^root=$", "root=" + root);
        assertThat(text).contains("root=" + root);
        return new LocalCommand(List.of(
                        "env",
                        "PATH=" + root.resolve("bin") + ":/usr/sbin:/usr/bin:/sbin:/bin",
                        "sh",
                        "-c",
                        text,
                        "hypervisor",
                        action,
                        root.resolve("own").toString(),
                        root.resolve("daemon/etc/pki").toString(),
                        root.resolve("node").toString(),
                        user))
                .run(LIMIT, new byte[0]);
    }
}
