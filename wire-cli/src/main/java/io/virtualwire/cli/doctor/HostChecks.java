package io.virtualwire.cli.doctor;

import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What the machine itself must be able to do. */
public final class HostChecks {
    private static final int NEEDED_JDK = 25;
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;

    public Finding jdk() {
        String found = Runtime.version() + " at " + System.getProperty("java.home");
        return Runtime.version().feature() >= NEEDED_JDK
                ? Finding.ok("JDK", found)
                : Finding.fail("JDK", found, "install a JDK " + NEEDED_JDK + " and set JAVA_HOME");
    }

    /** Makes a TAP device with offloads, which goes again at once. */
    public Finding tap() {
        String name = "wdoc" + ProcessHandle.current().pid() % 1_000_000;
        try (TapDevice tap = TapDevice.open(TapRequest.named(name))) {
            if (!tap.offloadsTcp()) {
                return Finding.warn(
                        "TAP", "works, but without TCP offload", "upgrade the kernel: wires are several times slower");
            }
            return tap.offloadsUdp()
                    ? Finding.ok("TAP", "made one; TCP and UDP offload")
                    : Finding.warn(
                            "TAP",
                            "made one; TCP offload, no UDP offload",
                            "upgrade to Linux 6.2 or later, for faster UDP");
        } catch (WireException e) {
            return Finding.refused(
                    "TAP", Verdict.FAIL, e, "let the connector's user open /dev/net/tun; others need no TAP");
        }
    }

    public Finding capabilities() {
        long effective = effective();
        boolean admin = has(effective, CAP_NET_ADMIN);
        boolean system = has(effective, CAP_SYS_ADMIN);
        String detail = "CAP_NET_ADMIN " + (admin ? "yes" : "no") + ", CAP_SYS_ADMIN " + (system ? "yes" : "no");
        if (!admin) {
            return Finding.fail(
                    "capabilities", detail, "run the connector as root, or with CAP_NET_ADMIN; others need nothing");
        }
        return system
                ? Finding.ok("capabilities", detail)
                : Finding.warn("capabilities", detail, "endpoints in network namespaces need CAP_SYS_ADMIN");
    }

    public Finding ip() {
        Optional<String> version = output("ip", "-V");
        if (version.isEmpty()) {
            return Finding.fail("ip(8)", "cannot be run", "install iproute2");
        }
        return output("ip", "-o", "link", "show", "dev", "lo").isPresent()
                ? Finding.ok("ip(8)", version.get())
                : Finding.fail(
                        "ip(8)", version.get() + ", but it cannot list devices", "install iproute2, not busybox");
    }

    /** Namespaces are asked for by name; there need not be any. */
    public Finding namespaces() {
        try {
            Path folder = Path.of("/run/netns");
            if (!Files.isDirectory(folder)) {
                return Finding.ok("namespaces", "none on this host");
            }
            try (var names = Files.list(folder)) {
                Optional<String> first =
                        names.map(it -> it.getFileName().toString()).sorted().findFirst();
                if (first.isEmpty()) {
                    return Finding.ok("namespaces", "none on this host");
                }
                return new NetworkNamespace(first.get()).call(() -> Finding.ok("namespaces", "entered " + first.get()));
            }
        } catch (IOException | WireException e) {
            return Finding.warn("namespaces", String.valueOf(e.getMessage()), "endpoints in namespaces need root");
        }
    }

    static boolean administersNetworks() {
        return has(effective(), CAP_NET_ADMIN);
    }

    private static boolean has(long set, int capability) {
        return (set >>> capability & 1) == 1;
    }

    private static long effective() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line ->
                            Long.parseUnsignedLong(line.substring(7).strip().toLowerCase(Locale.ROOT), 16))
                    .findFirst()
                    .orElse(0L);
        } catch (IOException e) {
            return 0;
        }
    }

    private static Optional<String> output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
