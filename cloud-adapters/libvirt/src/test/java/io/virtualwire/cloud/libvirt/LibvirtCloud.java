package io.virtualwire.cloud.libvirt;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * A libvirt daemon of its own in a network namespace: its files, its host name and its machines are apart from this host's and
 * from other clouds'.
 */
final class LibvirtCloud implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Namespace host;
    private final Path folder;
    private RunningCommand daemon;

    /** @param address of the host, where the other cloud's daemon and QEMU reach this one's */
    LibvirtCloud(Namespace host, Path folder, String address) throws IOException {
        this.host = host;
        this.folder = folder;
        for (String part : new String[] {"etc/qemu", "run", "lib", "log", "cache"}) {
            Files.createDirectories(folder.resolve(part));
        }
        Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n" + address + " " + host.name() + "\n");
        Files.writeString(folder.resolve("hostname"), host.name() + "\n");
        Files.writeString(folder.resolve("etc/libvirtd.conf"), """
                host_uuid = "%s"
                listen_tls = 0
                listen_tcp = 1
                listen_addr = "%s"
                auth_tcp = "none"
                auth_unix_ro = "none"
                auth_unix_rw = "none"
                log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
                """.formatted(UUID.randomUUID(), address));
        // No security driver, no cgroups, no virtlogd: nothing that would reach out of the namespace.
        Files.writeString(folder.resolve("etc/qemu.conf"), """
                user = "root"
                group = "root"
                dynamic_ownership = 0
                remember_owner = 0
                security_driver = "none"
                namespaces = []
                cgroup_controllers = []
                stdio_handler = "file"
                migration_address = "%1$s"
                migration_host = "%1$s"
                """.formatted(address));
        daemon = startDaemon();
    }

    private RunningCommand startDaemon() {
        return host.start("unshare", "--uts", "sh", "-ec", """
                hostname "$(cat "$0/hostname")"
                mount --make-rprivate /
                mkdir -p /etc/libvirt /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
                mount --bind "$0/etc" /etc/libvirt
                mount --bind "$0/run" /run/libvirt
                mount --bind "$0/lib" /var/lib/libvirt
                mount --bind "$0/log" /var/log/libvirt
                mount --bind "$0/cache" /var/cache/libvirt
                mount --bind "$0/hosts" /etc/hosts
                mount --bind "$0/hostname" /etc/hostname
                exec libvirtd --listen -p "$0/libvirtd.pid"
                """, folder.toString());
    }

    /** A daemon that has not run before looks at all of QEMU first, which takes seconds. */
    LibvirtCloud awaitReady() {
        Awaitility.await("libvirtd answers")
                .atMost(LIMIT)
                .until(() -> host.tryRun("virsh", "-q", "-c", uri(), "version").succeeded());
        return this;
    }

    /** As this process reaches it: unix sockets cross network namespaces. */
    String uri() {
        return "qemu+unix:///system?socket=" + folder.resolve("run/libvirt-sock");
    }

    /** Its machines go on. */
    void killDaemon() {
        daemon.kill();
        daemon.close();
    }

    void restartDaemon() {
        daemon = startDaemon();
        awaitReady();
    }

    @Override
    public void close() {
        host.tryRun(
                "sh",
                "-c",
                "for m in $(virsh -q -c '" + uri() + "' list --name); do virsh -q -c '" + uri() + "' destroy $m; done");
        daemon.close();
    }
}
