package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.HostShell;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Measures what the paths to the other hosts carry, with pings that may not be cut; connectors measure again, all the time. */
final class MtuStep implements HostStep {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** What links usually carry, in bytes: jumbo frames of EC2, Ethernet, PPPoE, what tunnels leave of it, and what IPv6 asks of each. */
    private static final List<Integer> USUAL = List.of(9001, 1500, 1492, 1450, 1420, 1400, 1280);

    private static final int HEADERS_4 = 28;
    private static final int HEADERS_6 = 48;

    private final HostRecords records;

    MtuStep(HostRecords records) {
        this.records = records;
    }

    @Override
    public Step reaches() {
        return Step.MTU_MEASURED;
    }

    @Override
    public String take(Site site) {
        int link = site.host().mtu();
        int least = link;
        List<String> said = new ArrayList<>();
        for (HostRecord peer : records.all()) {
            String address = peer.facts().address();
            if (peer.name().equals(site.name()) || address == null || !peer.isPast(Step.REACHABLE)) {
                continue;
            }
            Optional<Integer> measured = measure(site.shell(), InetAddress.ofLiteral(address), link);
            said.add(measured.map(Object::toString).orElse("no answer") + " to " + peer.name());
            least = Math.min(least, measured.orElse(least));
        }
        site.note(site.record().with(site.record().facts().withMtu(least)));
        return said.isEmpty() ? link + " at its link; no other host to measure to" : String.join(", ", said);
    }

    /** The largest packet that arrives; empty if none does, as where pings are not let through. */
    private static Optional<Integer> measure(HostShell shell, InetAddress peer, int link) {
        int refused = link + 1;
        int carried = 0;
        List<Integer> tries = USUAL.stream().filter(size -> size < link).toList();
        for (int size : Stream.concat(Stream.of(link), tries.stream()).toList()) {
            if (arrives(shell, peer, size)) {
                carried = size;
                break;
            }
            refused = size;
        }
        if (carried == 0) {
            return Optional.empty();
        }
        // What does not arrive costs a second each time, and most paths carry exactly one of those.
        int tried = carried + 1;
        while (tried < refused) {
            if (arrives(shell, peer, tried)) {
                carried = tried;
            } else {
                refused = tried;
            }
            tried = (carried + refused + 1) / 2;
        }
        return Optional.of(carried);
    }

    private static boolean arrives(HostShell shell, InetAddress peer, int bytes) {
        int payload = bytes - (peer instanceof Inet6Address ? HEADERS_6 : HEADERS_4);
        return shell.run(
                        LIMIT,
                        List.of(
                                "ping",
                                "-c",
                                "1",
                                "-W",
                                "1",
                                "-M",
                                "do",
                                "-s",
                                Integer.toString(payload),
                                peer.getHostAddress()))
                .succeeded();
    }
}
