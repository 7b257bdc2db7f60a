package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.HostShell;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures what the paths to the other hosts carry, with pings that may not be cut; connectors measure again, all the time. */
final class MtuStep implements HostStep {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int LEAST = 1280;
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
        if (arrives(shell, peer, link)) {
            return Optional.of(link);
        }
        if (!arrives(shell, peer, LEAST)) {
            return Optional.empty();
        }
        int carried = LEAST;
        int refused = link;
        while (refused - carried > 1) {
            int tried = (carried + refused) / 2;
            if (arrives(shell, peer, tried)) {
                carried = tried;
            } else {
                refused = tried;
            }
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
