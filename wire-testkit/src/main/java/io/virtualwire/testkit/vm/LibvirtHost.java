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
import org.awaitility.Awaitility;

/**
 * A libvirt daemon of its own in a network namespace: its files, its host name and its machines are apart from this machine's
 * and from other such daemons'.
 */
public final class LibvirtHost implements AutoCloseable {
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

    /** What the guest has printed so far. */
    public String console(String guest) {
        try {
            Path file = folder.resolve("log").resolve(guest + ".console");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what QEMU itself said of a guest. */
    public String emulatorLog(String guest) {
        try {
            Path file = folder.resolve("log").resolve("qemu").resolve(guest + ".log");
            String all = Files.exists(file) ? Files.readString(file) : "";
            return all.substring(Math.max(0, all.length() - 2_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
