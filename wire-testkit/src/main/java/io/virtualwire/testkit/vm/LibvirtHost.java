package io.virtualwire.testkit.vm;

import io.virtualwire.testkit.netns.CommandOutput;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A libvirt daemon of its own in a network namespace: its files, its host name and its machines are apart from this machine's
 * and from other such daemons'.
 */
public final class LibvirtHost implements AutoCloseable {
    private static final String CONSOLE = ".console";
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Namespace host;
    private final Path folder;
    private final String address;
    private RunningCommand daemon;

    private LibvirtHost(Namespace host, Path folder, String address) {
        this.host = host;
        this.folder = folder;
        this.address = address;
        this.daemon = startDaemon();
    }

    /**
     * Starts one; {@link #awaitReady} waits until it answers, so that several can be started beside each other.
     *
     * @param folder for its files, made if need be
     * @param address of the namespace, where other such daemons and their QEMUs reach this one
     */
    public static LibvirtHost start(Namespace host, Path folder, String address) {
        try {
            return new LibvirtHost(host, Files.createDirectories(folder), address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RunningCommand startDaemon() {
        String script = Workshop.script("libvirtd.sh").toString();
        String cache = Workshop.folder().resolve("capabilities").toString();
        return host.start("bash", script, folder.toString(), address, cache);
    }

    /** Waits until it answers; one that has never run on this machine looks at all of QEMU first. */
    public LibvirtHost awaitReady() {
        Awaitility.await("libvirtd answers")
                .atMost(LIMIT)
                .until(() -> host.tryRun("virsh", "-q", "-c", uri(), "version").succeeded());
        return this;
    }

    /** The namespace in which its machines' TAPs are. */
    public Namespace host() {
        return host;
    }

    /** As this process reaches it: unix sockets cross network namespaces. */
    public String uri() {
        return "qemu+unix:///system?socket=" + folder.resolve("run/libvirt-sock");
    }

    /** As other such daemons reach it, to move machines here. */
    public String tcpUri() {
        return "qemu+tcp://" + address + "/system";
    }

    /** A disk image of its own; its machines know it as {@code /var/lib/libvirt/images/NAME}. */
    public Path image(String name) {
        try {
            return Files.createDirectories(folder.resolve("lib").resolve("images"))
                    .resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is known of each machine: its console, QEMU's own words, where its processor is (twice), and its TAPs' counters. */
    public String report() {
        StringBuilder all = new StringBuilder(virsh("list", "--all").text());
        for (String guest : guests()) {
            all.append("console of ").append(guest).append(":\n").append(end(console(guest)));
            all.append("its QEMU:\n")
                    .append(end(text(folder.resolve("log").resolve("qemu").resolve(guest + ".log"))));
        }
        for (String guest : running()) {
            for (int look = 0; look < 2; look++) {
                all.append(guest)
                        .append("'s processor:\n")
                        .append(tryVirsh("qemu-monitor-command", guest, "--hmp", "info registers")
                                .text()
                                .lines()
                                .limit(6)
                                .collect(Collectors.joining("\n", "", "\n")));
            }
        }
        return all.append(host.tryRun("ip", "-s", "link").text()).toString();
    }

    /** The machines whose kernel has panicked here. */
    public List<String> panicked() {
        return guests().stream()
                .filter(guest -> console(guest).contains("Kernel panic"))
                .toList();
    }

    private List<String> guests() {
        try (Stream<Path> logs = Files.list(Files.createDirectories(folder.resolve("log")))) {
            return logs.map(log -> log.getFileName().toString())
                    .filter(name -> name.endsWith(CONSOLE))
                    .map(name -> name.substring(0, name.length() - CONSOLE.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the guest has printed so far. */
    private String console(String guest) {
        return text(folder.resolve("log").resolve(guest + CONSOLE));
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String end(String text) {
        return text.substring(Math.max(0, text.length() - 3_000)) + "\n";
    }

    /** Runs {@code virsh} to its end; fails the test when it is refused. */
    public CommandOutput virsh(String... arguments) {
        return tryVirsh(arguments).orFail();
    }

    /** Runs {@code virsh} to its end, whatever its exit status. */
    public CommandOutput tryVirsh(String... arguments) {
        List<String> command = new ArrayList<>(List.of("virsh", "-q", "-c", uri()));
        command.addAll(List.of(arguments));
        return host.tryRun(LIMIT, command.toArray(String[]::new));
    }

    /** Starts a guest, whose TAPs are there; it answers some seconds later. */
    public void start(LinuxGuest guest) {
        described("create", guest);
    }

    /** Makes a guest known, and does not start it. */
    public void define(LinuxGuest guest) {
        described("define", guest);
    }

    private void described(String command, LinuxGuest guest) {
        try {
            Path file = folder.resolve(guest.name() + ".xml");
            Files.writeString(file, guest.domain());
            virsh(command, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the machines that run here. */
    public List<String> running() {
        return virsh("list", "--name")
                .text()
                .lines()
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .toList();
    }

    /** Kills the daemon; its machines go on. */
    public void killDaemon() {
        daemon.kill();
        daemon.close();
    }

    /** Starts it again after {@link #killDaemon}. */
    public void restartDaemon() {
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
