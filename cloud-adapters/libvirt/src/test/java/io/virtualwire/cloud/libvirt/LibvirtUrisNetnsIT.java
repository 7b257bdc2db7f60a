package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LibvirtHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** One hypervisor by every kind of address that libvirt knows; with {@code -Dwire.long=true}. */
@NetnsTest
final class LibvirtUrisNetnsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ADDRESS = "192.0.2.1";

    @TestFactory
    Stream<DynamicTest> itIsReached() {
        return Boolean.getBoolean("wire.long")
                ? Stream.of(DynamicTest.dynamicTest("over unix socket, TCP, TLS and SSH", this::everyWay))
                : Stream.of();
    }

    private void everyWay() throws Exception {
        try (Namespaces lab = Namespaces.open()) {
            Namespace here = lab.namespace("here");
            Namespace there = lab.namespace("there");
            lab.veth(there, "up0", ADDRESS + "/24", here, "up0", "192.0.2.2/24");
            there.ip("link set lo up");
            Path folder = lab.scratch().resolve("libvirt");
            Path pki = credentials(there, Files.createDirectories(folder.resolve("etc/pki")), lab.scratch());
            Path key = lab.scratch().resolve("ssh-key");
            there.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
            Path image = LibvirtNetnsIT.guest(lab.scratch().resolve("guest.img"));
            try (LibvirtHost host = LibvirtHost.start(there, folder, ADDRESS).awaitReady();
                    LibvirtHypervisor local = LibvirtHypervisor.connect(host.uri());
                    RunningCommand sshd = sshd(there, folder, lab.scratch(), key)) {
                sshd.awaitLine("Server listening on .*", LIMIT);
                local.define(LibvirtNetnsIT.spec("web1", image));
                List<String> uris = List.of(
                        host.uri(),
                        "qemu+tcp://" + ADDRESS + "/system",
                        "qemu+tls://" + ADDRESS + "/system?pkipath=" + pki,
                        "qemu+ssh://root@" + ADDRESS + "/system?no_verify=1&keyfile=" + key);
                RunningCommand reached = here.startJava(MachinesAt.class, uris.toArray(String[]::new));
                assertThat(reached.await(LIMIT).text().lines().filter(line -> line.startsWith("at ")))
                        .containsExactlyElementsOf(uris.stream()
                                .map(uri -> "at " + uri + ": [web1]")
                                .toList());
            }
        }
    }

    /** An authority's certificate, and one by it for the daemon; the client's, as libvirt wants them, in a folder of its own. */
    private static Path credentials(Namespace host, Path daemon, Path scratch) throws Exception {
        Path client = Files.createDirectories(scratch.resolve("pki"));
        Path extensions = Files.writeString(scratch.resolve("extensions"), "subjectAltName=IP:" + ADDRESS + "\n");
        String script = """
                set -e
                new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$2" "${@:3}" 2>/dev/null; }
                new authority "$1/ca.key" -x509 -days 2 -out "$1/ca.pem"
                for name in daemon client; do
                  new $name "$1/$name.key" | openssl x509 -req -days 2 -CA "$1/ca.pem" -CAkey "$1/ca.key" -extfile "$4" -out "$1/$name.pem" 2>/dev/null
                done
                cp "$1/ca.pem" "$2/cacert.pem"; cp "$1/daemon.pem" "$2/clientcert.pem"; cp "$1/daemon.key" "$2/clientkey.pem"
                cp "$1/ca.pem" "$3/cacert.pem"; cp "$1/client.pem" "$3/clientcert.pem"; cp "$1/client.key" "$3/clientkey.pem"
                """;
        host.run(
                "bash",
                "-c",
                script,
                "credentials",
                scratch.toString(),
                daemon.toString(),
                client.toString(),
                extensions.toString());
        return client;
    }

    /** Where the daemon's own files are, so that who comes in finds its socket where libvirt looks for it. */
    private static RunningCommand sshd(Namespace host, Path folder, Path scratch, Path key) throws Exception {
        Path config = Files.writeString(scratch.resolve("sshd_config"), """
                ListenAddress %s
                HostKey %s
                AuthorizedKeysFile %s.pub
                PermitRootLogin prohibit-password
                PidFile none
                StrictModes no
                UsePAM no
                """.formatted(ADDRESS, key, key));
        return host.start(
                "bash",
                "-c",
                "mkdir -p /run/sshd && exec nsenter --mount --target \"$(cat \"$0\")\" /usr/sbin/sshd -D -e -f \"$1\"",
                folder.resolve("libvirtd.pid").toString(),
                config.toString());
    }
}
