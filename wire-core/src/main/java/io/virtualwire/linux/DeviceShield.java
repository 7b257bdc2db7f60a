package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Keeps the host's own network stack off an interface whose frames a {@link PacketSocket} takes: it neither answers nor
 * forwards what a guest sends, and sends nothing of its own. By nftables; blocks, so it is for control work only.
 *
 * <p>Packet sockets see a frame before nftables' ingress hook does.
 */
public final class DeviceShield {
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Za-z0-9_.]");

    private final NetworkNamespace namespace;

    public DeviceShield(NetworkNamespace namespace) {
        this.namespace = namespace;
    }

    /** Raises it; once more changes nothing. Best done before the interface comes up. */
    public void raise(String device) {
        hush(device);
        String table = table(device);
        // Added and flushed first, so that it may be there.
        nft("""
                add table %1$s
                delete table %1$s
                add table %1$s
                add chain %1$s in { type filter hook ingress device "%2$s" priority -500; policy drop; }
                """.formatted(table, device));
    }

    /** Only lets the host's stack say nothing there of its own accord; for where something else takes all that comes in. */
    public void hush(String device) {
        namespace.call(() -> {
            quieten(device);
            return true;
        });
        new InterfaceControl(namespace).ip("link", "set", "dev", device, "arp", "off");
    }

    /** Lets it speak again; nothing happens if the interface is gone. */
    public void unhush(String device) {
        InterfaceControl control = new InterfaceControl(namespace);
        if (control.exists(device)) {
            control.ip("link", "set", "dev", device, "arp", "on");
        }
    }

    /** Lowers it; nothing happens if it is not up, or the interface is gone. */
    public void lower(String device) {
        nft("add table %1$s\ndelete table %1$s\n".formatted(table(device)));
        unhush(device);
    }

    /** nftables takes letters, digits, '/', '_', '\\' and '.' in names; interfaces may have others. */
    private static String table(String device) {
        return "netdev virtualwire_"
                + NOT_IN_NAMES
                        .matcher(device)
                        .replaceAll(
                                match -> "/%x/".formatted((int) match.group().charAt(0)));
    }

    private static void quieten(String device) throws IOException {
        Path ipv6 = Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6");
        if (Files.exists(ipv6)) {
            Files.writeString(ipv6, "1");
        }
    }

    private void nft(String script) {
        namespace.call(() -> {
            run(script);
            return true;
        });
    }

    /** A process has the namespace of the thread that starts it. */
    private static void run(String script) throws InterruptedException {
        List<String> command = List.of("nft", "-f", "-");
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
                input.write(script);
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new WireException(
                        ErrorCode.SYSTEM,
                        "nft cannot keep the host's stack off the interface: " + said.strip(),
                        "it takes CAP_NET_ADMIN and a kernel with nftables' netdev family");
            }
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "cannot start nft(8)", "install nftables", e);
        }
    }
}
