package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The other hosts, as those from which a host is to be reached. */
final class Neighbours {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final HostRecords records;
    private final CloudBook clouds;

    Neighbours(HostRecords records, CloudBook clouds) {
        this.records = records;
        this.clouds = clouds;
    }

    /** Whether each of those others reaches this TCP port; one that no command can be run on does not. */
    Map<String, Boolean> knock(Site site, int port, Predicate<HostRecord> others) {
        Map<String, Boolean> knocked = new TreeMap<>();
        for (HostRecord peer : records.all()) {
            if (!peer.name().equals(site.name()) && peer.isPast(Step.REACHABLE) && others.test(peer)) {
                knocked.put(peer.name(), reaches(peer, site.host(), port));
            }
        }
        return knocked;
    }

    private boolean reaches(HostRecord peer, CloudHost host, int port) {
        try (CloudAdapter cloud = clouds.open(peer.cloud())) {
            Optional<CloudHost> from = cloud.hosts().stream()
                    .filter(it -> it.name().equals(peer.name()))
                    .findFirst();
            if (from.isEmpty()) {
                return false;
            }
            String address = host.addressFor(from.get()).getHostAddress();
            try (HostShell shell = cloud.shell(from.get())) {
                return shell.run(
                                LIMIT,
                                List.of(
                                        "timeout",
                                        "3",
                                        "bash",
                                        "-c",
                                        "exec 3<>\"/dev/tcp/$0/$1\"",
                                        address,
                                        Integer.toString(port)))
                        .succeeded();
            }
        } catch (WireException e) {
            return false;
        }
    }
}
