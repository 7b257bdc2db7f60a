package io.virtualwire.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a machine must grant before network namespaces and TAP devices can be made on it.
 *
 * @param effectiveCapabilities the bit set of capabilities(7) in force
 * @param tunPresent whether /dev/net/tun can be opened
 * @param ipPresent whether iproute2 is installed
 */
record NetnsRequirements(long effectiveCapabilities, boolean tunPresent, boolean ipPresent) {
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;
    private static final Path TUN = Path.of("/dev/net/tun");

    static NetnsRequirements ofThisMachine() {
        return new NetnsRequirements(
                capabilities(Path.of("/proc/self/status")),
                Files.isReadable(TUN) && Files.isWritable(TUN),
                List.of("/sbin/ip", "/usr/sbin/ip", "/bin/ip", "/usr/bin/ip").stream()
                        .anyMatch(ip -> Files.isExecutable(Path.of(ip))));
    }

    /** What is missing, each with what to do about it; empty when everything is there. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!has(CAP_NET_ADMIN) || !has(CAP_SYS_ADMIN)) {
            missing.add("CAP_NET_ADMIN and CAP_SYS_ADMIN are missing: run as root");
        }
        if (!tunPresent) {
            missing.add("/dev/net/tun cannot be opened: `modprobe tun`, or give the container --device /dev/net/tun");
        }
        if (!ipPresent) {
            missing.add("the ip command is missing: `apt-get install iproute2`");
        }
        return missing;
    }

    private boolean has(int capability) {
        return (effectiveCapabilities >>> capability & 1) != 0;
    }

    private static long capabilities(Path status) {
        if (!Files.isReadable(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
