package io.virtualwire.cloud.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.local.LocalCloud;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;

/** Machines that are namespaces, each with a real OpenSSH server and folders of its own below /run and /var/lib. */
final class SshLab implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int DRAWS = 5;

    /* So that what is installed on one such machine is neither on the next nor on this one. */
    private static final String MACHINE = """
            mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib && mkdir /run/sshd || exit 1
            exec /usr/sbin/sshd -D -e -f "$1" >"$2" 2>&1 </dev/null
            """;

    private final Path folder;
    private CloudAdapter machines;

    SshLab(Path folder) {
        this.folder = folder;
        this.machines = emptyCloud();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        makeKey(key());
    }

    private CloudAdapter emptyCloud() {
        return new LocalCloud()
                .open(
                        "vws" + Long.toString(System.nanoTime() % 60_466_176, 36),
                        Map.of(
                                "network",
                                "198." + ThreadLocalRandom.current().nextInt(18, 20) + "."
                                        + ThreadLocalRandom.current().nextInt(256) + ".0"),
                        folder.resolve("machines"));
    }

    /** Another lab beside this one may have drawn the same network. */
    private CloudHost launch(String name) {
        for (int draw = 1; ; draw++) {
            try {
                return machines.launch(HostOrder.of(name));
            } catch (WireException e) {
                if (draw == DRAWS || !e.getMessage().contains("File exists")) {
                    throw e;
                }
                machines = emptyCloud();
            }
        }
    }

    /** The private key that opens every machine. */
    Path key() {
        return folder.resolve("id_ed25519");
    }

    SshAccess access(boolean acceptNew) {
        return new SshAccess(List.of(key()), Optional.empty(), folder.resolve("known_hosts"), List.of(), acceptNew);
    }

    /** A machine that answers, found or made; how to log in there. */
    SshTarget machine(String name) {
        CloudHost host = launch(name);
        SshTarget target = new SshTarget("root", host.address().getHostAddress(), SshTarget.DEFAULT_PORT);
        if (!answers(target)) {
            serve(name, host);
            Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> answers(target));
        }
        return target;
    }

    /** Gives a machine another key, as an impostor would have. */
    void replace(String name) {
        machines.remove(name);
        machine(name);
    }

    static void run(String... line) {
        CommandResult result = new LocalCommand(List.of(line)).run(LIMIT, new byte[0]);
        assertThat(result.succeeded()).as(result.output()).isTrue();
    }

    private void serve(String name, CloudHost host) {
        Path hostKey = folder.resolve(name + "-" + System.nanoTime() + ".key");
        makeKey(hostKey);
        Path configuration = folder.resolve(name + ".conf");
        try {
            Files.writeString(configuration, """
                    HostKey %s
                    AuthorizedKeysFile %s.pub
                    PidFile none
                    PermitRootLogin prohibit-password
                    PasswordAuthentication no
                    StrictModes no
                    UsePAM no
                    """.formatted(hostKey, key()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try (HostShell shell = machines.shell(host)) {
            shell.run(
                    LIMIT,
                    List.of(
                            "setsid",
                            "-f",
                            "unshare",
                            "--mount",
                            "sh",
                            "-c",
                            MACHINE,
                            "machine",
                            configuration.toString(),
                            folder.resolve(name + ".log").toString()));
        }
    }

    private static void makeKey(Path file) {
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString());
    }

    private static boolean answers(SshTarget target) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.address(), target.port()), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        machines.hosts().forEach(host -> machines.remove(host.name()));
        machines.close();
    }
}
