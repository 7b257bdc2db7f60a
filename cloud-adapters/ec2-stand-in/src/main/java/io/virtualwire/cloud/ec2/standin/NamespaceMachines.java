package io.virtualwire.cloud.ec2.standin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Machines that are containers on this one: each with its own network, processes, name and files, and an SSH server in it.
 *
 * <p>A machine's files are this machine's with what it writes laid over them, so a package that is installed there is installed nowhere
 * else. User data is not carried out: no kernel boots. Needs root, iproute2, nftables, util-linux, OpenSSH's server and overlayfs.
 */
public final class NamespaceMachines implements InstanceBacking {
    private static final Duration BOOT = Duration.ofSeconds(20);
    private static final String READY = "machine: ready";

    private final String prefix;
    private final Path folder;
    private final VpcNetwork network;
    private final Map<String, Machine> made = new HashMap<>();
    private final Map<String, Process> running = new HashMap<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /**
     * @param prefix of the names of namespaces and devices, at most 8 long
     * @param publicPrefix the first three numbers of the public addresses, with a dot at the end
     * @param folder for the files of machines, made if it is not there; on whatever file system
     */
    public NamespaceMachines(String prefix, String publicPrefix, Path folder) {
        this.prefix = prefix;
        this.folder = folder.toAbsolutePath();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
        network = new VpcNetwork(prefix, publicPrefix);
    }

    @Override
    public synchronized void start(Machine machine) {
        String namespace = namespace(machine.id());
        Path place = folder.resolve(machine.id());
        try {
            if (made.putIfAbsent(machine.id(), machine) == null) {
                known.add(machine.id());
                Files.createDirectories(place);
                // Memory: what lies over a file system cannot lie on the same one.
                Tool.run("mount", "-t", "tmpfs", "-o", "mode=0755", prefix, place.toString());
                for (String part : List.of("upper", "work", "root")) {
                    Files.createDirectory(place.resolve(part));
                }
                Files.writeString(place.resolve("authorized_keys"), machine.publicKey() + "\n");
                Files.write(place.resolve("user-data"), machine.userData());
                Tool.run("ip", "netns", "add", namespace);
                Tool.run("ip", "-n", namespace, "link", "set", "lo", "up");
                network.join(namespace, machine.privateAddress());
            }
            boot(machine.id(), namespace, place);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the files of machine " + machine.id(), e);
        }
    }

    private void boot(String id, String namespace, Path place) throws IOException {
        Path console = place.resolve("console");
        Files.writeString(console, "");
        Process process = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        namespace,
                        "unshare",
                        "--mount",
                        "--uts",
                        "--ipc",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "sh",
                        "-c",
                        script(),
                        "machine",
                        place.toString(),
                        "ip-" + id)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
                .start();
        process.getOutputStream().close();
        running.put(id, process);
        long limit = System.nanoTime() + BOOT.toNanos();
        try {
            while (!console(id).contains(READY)) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > limit) {
                    throw new IllegalStateException("machine " + id + " did not boot: " + console(id));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while machine " + id + " boots", e);
        }
    }

    private static String script() throws IOException {
        try (InputStream in = NamespaceMachines.class.getResourceAsStream("machine.sh")) {
            if (in == null) {
                throw new IllegalStateException("machine.sh is not there");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public synchronized void stop(String id) {
        @Nullable Process process = running.remove(id);
        if (process != null) {
            // The first process of its process namespace takes all others along.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public synchronized void remove(String id) {
        stop(id);
        @Nullable Machine machine = made.remove(id);
        if (machine != null) {
            known.remove(id);
            network.leave(machine.privateAddress());
            Path place = folder.resolve(id);
            Tool.attempt("ip", "netns", "delete", namespace(id));
            Tool.attempt("umount", "--lazy", place.toString());
            Tool.attempt("rmdir", place.toString());
        }
    }

    @Override
    public void network(List<Machine> machines) {
        network.allow(machines);
    }

    @Override
    public String console(String id) {
        Path console = folder.resolve(id).resolve("console");
        try {
            return known.contains(id) && Files.exists(console) ? Files.readString(console) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private String namespace(String id) {
        return prefix + "-" + id;
    }

    @Override
    public synchronized void close() {
        List.copyOf(made.keySet()).forEach(this::remove);
        network.close();
        Tool.attempt("rmdir", folder.toString());
    }
}
