package io.virtualwire.cloud.ec2.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Machines that are guests of QEMU: each boots a copy of an image, with a kernel and an init of its own, which gets its address by DHCP, and its
 * user data and its login key from the metadata service, as in EC2.
 *
 * <pre>
 *   image/disk ── copied ── ID/disk ──┐                              the network's namespace
 *   image/vmlinuz, image/initrd ──────┴── QEMU, one for each ── eth0 ── TAP m0-4 ── router ── {@link InstanceMetadata}
 *                                            └── ID/console              └── DHCP, one for each
 * </pre>
 *
 * <p>Needs root, QEMU, busybox, iproute2 and nftables. A machine runs, as in EC2, when its processor does: its system comes up later.
 */
public final class GuestMachines implements InstanceBacking {
    private static final Duration START = Duration.ofSeconds(20);
    /* As EC2, which pulls the plug after some minutes. */
    private static final Duration SHUTDOWN = Duration.ofMinutes(2);
    private static final int MEMORY_MEBIBYTES = 2048;
    private static final int CONSOLE_BYTES = 64 * 1024;

    private final Path image;
    private final Path folder;
    private final String accelerator;
    private final VpcNetwork network;
    private final InstanceMetadata metadata;
    private final Map<String, Machine> made = new HashMap<>();
    private final Map<String, Process> running = new HashMap<>();
    private final Map<String, Process> leases = new HashMap<>();
    private final Map<String, Machine> present = new ConcurrentHashMap<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /**
     * @param prefix of the names of namespaces and devices, at most 8 long
     * @param publicPrefix the first three numbers of the public addresses, with a dot at the end
     * @param folder for the files of machines, made if it is not there
     * @param image a folder with disk, vmlinuz and initrd of a system that has cloud-init
     * @param accelerator tcg or kvm, as QEMU calls it
     */
    public GuestMachines(String prefix, String publicPrefix, Path folder, Path image, String accelerator) {
        this.image = image.toAbsolutePath();
        this.folder = folder.toAbsolutePath();
        this.accelerator = accelerator;
        for (String part : List.of("disk", "vmlinuz", "initrd")) {
            if (!Files.isReadable(this.image.resolve(part))) {
                throw new IllegalArgumentException("there is no " + part + " in " + this.image);
            }
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
        network = new VpcNetwork(prefix, publicPrefix);
        metadata = new InstanceMetadata(network.here(), Clock.systemUTC(), present::values);
        network.serveMetadata(metadata.address());
    }

    @Override
    public synchronized void start(Machine machine) {
        Path place = folder.resolve(machine.id());
        try {
            if (made.putIfAbsent(machine.id(), machine) == null) {
                known.add(machine.id());
                Files.createDirectories(place);
                Tool.run(
                        "cp",
                        "--sparse=always",
                        "--reflink=auto",
                        image.resolve("disk").toString(),
                        place.resolve("disk").toString());
                String device = VpcNetwork.device(machine.privateAddress());
                network.inside("ip", "tuntap", "add", "dev", device, "mode", "tap");
                network.inside("ip", "link", "set", device, "mtu", Integer.toString(VpcNetwork.INSIDE));
                network.route(device, machine.privateAddress());
                leases.put(machine.id(), lease(machine, place));
            }
            present.put(machine.id(), machine);
            boot(machine, place);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the files of machine " + machine.id(), e);
        }
    }

    /* One server for each, which has one address to give. */
    private Process lease(Machine machine, Path place) throws IOException {
        Path file = place.resolve("dhcp.conf");
        Files.writeString(place.resolve("leases"), "");
        Files.writeString(file, """
                interface %s
                start %s
                end %s
                max_leases 1
                lease_file %s
                pidfile %s
                opt subnet 255.255.255.255
                opt router %s
                opt mtu %d
                opt lease 3600
                """.formatted(
                        VpcNetwork.device(machine.privateAddress()),
                        machine.privateAddress(),
                        machine.privateAddress(),
                        place.resolve("leases"),
                        place.resolve("dhcp.pid"),
                        VpcNetwork.ROUTER,
                        VpcNetwork.INSIDE));
        return inNetwork(place, List.of("busybox", "udhcpd", "-f", file.toString()));
    }

    private Process inNetwork(Path place, List<String> command) throws IOException {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", network.namespace()));
        line.addAll(command);
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(place.resolve("log").toFile()))
                .start();
        process.getOutputStream().close();
        return process;
    }

    private void boot(Machine machine, Path place) throws IOException {
        Path monitor = place.resolve("monitor");
        Files.deleteIfExists(monitor);
        // By its number a system knows that it is in EC2.
        String number = "ec2" + machine.id().substring(machine.id().length() - 5) + "-0000-4000-8000-000000000000";
        Process process = inNetwork(
                place,
                List.of(
                        "qemu-system-x86_64",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-machine",
                        "pc,accel=" + accelerator,
                        "-cpu",
                        "max",
                        "-smp",
                        "2",
                        "-m",
                        Integer.toString(MEMORY_MEBIBYTES),
                        "-kernel",
                        image.resolve("vmlinuz").toString(),
                        "-initrd",
                        image.resolve("initrd").toString(),
                        "-append",
                        "root=/dev/vda rw console=ttyS0 net.ifnames=0 panic=1",
                        "-drive",
                        "file=" + place.resolve("disk") + ",if=virtio,format=raw,cache=unsafe",
                        "-smbios",
                        "type=1,manufacturer=Amazon EC2,uuid=" + number + ",serial=" + number,
                        "-netdev",
                        "tap,id=net,script=no,downscript=no,ifname=" + VpcNetwork.device(machine.privateAddress()),
                        "-device",
                        "virtio-net-pci,netdev=net,romfile=,host_mtu=" + VpcNetwork.INSIDE + ",mac="
                                + mac(machine.privateAddress()),
                        "-device",
                        "virtio-rng-pci",
                        "-serial",
                        "file:" + place.resolve("console"),
                        "-qmp",
                        "unix:" + monitor + ",server=on,wait=off"));
        running.put(machine.id(), process);
        long limit = System.nanoTime() + START.toNanos();
        try {
            while (!Files.exists(monitor)) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > limit) {
                    throw new IllegalStateException(
                            "machine " + machine.id() + " did not start: " + Files.readString(place.resolve("log")));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while machine " + machine.id() + " starts", e);
        }
    }

    /** Of a machine's interface. */
    static String mac(String privateAddress) {
        byte[] bytes = InetAddress.ofLiteral(privateAddress).getAddress();
        return "52:54:%02x:%02x:%02x:%02x".formatted(bytes[0], bytes[1], bytes[2], bytes[3]);
    }

    @Override
    public synchronized void stop(String id) {
        @Nullable Process process = running.remove(id);
        if (process != null) {
            try {
                QemuMonitor.pressPowerButton(folder.resolve(id).resolve("monitor"));
                if (process.waitFor(SHUTDOWN.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (IOException e) {
                // It has ended, or does not listen.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            end(process);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void remove(String id) {
        for (Map<String, Process> processes : List.of(running, leases)) {
            @Nullable Process process = processes.remove(id);
            if (process != null) {
                end(process);
            }
        }
        present.remove(id);
        @Nullable Machine machine = made.remove(id);
        if (machine != null) {
            known.remove(id);
            network.leave(machine.privateAddress());
            Tool.attempt("rm", "-rf", "--one-file-system", folder.resolve(id).toString());
        }
    }

    @Override
    public void network(List<Machine> machines) {
        machines.forEach(machine -> present.replace(machine.id(), machine));
        network.allow(machines);
    }

    /* The latest of it, as EC2 does. */
    @Override
    public String console(String id) {
        Path console = folder.resolve(id).resolve("console");
        try {
            if (!known.contains(id) || !Files.exists(console)) {
                return "";
            }
            byte[] all = Files.readAllBytes(console);
            int from = Math.max(0, all.length - CONSOLE_BYTES);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(made.keySet()).forEach(this::remove);
        metadata.close();
        network.close();
        Tool.attempt("rmdir", folder.toString());
    }
}
