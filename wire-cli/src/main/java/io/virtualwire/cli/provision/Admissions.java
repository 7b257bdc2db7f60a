package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.Admission.Protocol;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who may reach which ports of which host: every host every other's, as far as its daemons have them, and nobody else. */
final class Admissions {
    private static final List<Integer> CONNECTOR_UDP = List.of(7471, 7472);
    private static final List<Integer> CONNECTOR_TCP = List.of(7471, 7472);
    private static final List<Integer> NODE_UDP = List.of(7481);
    private static final List<Integer> NODE_TCP = List.of(7481, 7482, 7483);

    private final HostRecords records;
    private final CloudBook clouds;

    Admissions(HostRecords records, CloudBook clouds) {
        this.records = records;
        this.clouds = clouds;
    }

    /** Sees to it everywhere; safe to be done by several at once, as each does all of it. */
    synchronized void settle() {
        List<HostRecord> all = records.all().stream()
                .filter(record -> record.isPast(Step.REACHABLE))
                .toList();
        Map<String, CloudHost> hosts = new LinkedHashMap<>();
        Map<String, InetAddress> outside = new LinkedHashMap<>();
        for (String cloud : new TreeSet<>(all.stream().map(HostRecord::cloud).toList())) {
            try (CloudAdapter adapter = clouds.open(cloud)) {
                adapter.hosts().forEach(host -> hosts.put(host.name(), host));
                adapter.outside().ifPresent(address -> outside.put(cloud, address));
            }
        }
        List<HostRecord> there =
                all.stream().filter(record -> hosts.containsKey(record.name())).toList();
        for (String cloud : new TreeSet<>(there.stream().map(HostRecord::cloud).toList())) {
            try (CloudAdapter adapter = clouds.open(cloud)) {
                there.stream()
                        .filter(record -> record.cloud().equals(cloud))
                        .forEach(record -> adapter.admit(record.name(), peersOf(record, there, hosts, outside)));
            }
        }
    }

    private static Set<Admission> peersOf(
            HostRecord host, List<HostRecord> all, Map<String, CloudHost> hosts, Map<String, InetAddress> outside) {
        CloudHost self = hosts.get(host.name());
        Set<Admission> admitted = new HashSet<>();
        for (HostRecord peer : all) {
            if (peer.name().equals(host.name()) || self == null) {
                continue;
            }
            CloudHost from = hosts.get(peer.name());
            if (from != null) {
                InetAddress translated = peer.cloud().equals(host.cloud()) ? null : outside.get(peer.cloud());
                InetAddress source = translated == null ? from.addressFor(self) : translated;
                admitted.addAll(ports(peer.name(), source, host.wanted().node()));
                if (host.wanted().vms() && asksHypervisors(peer)) {
                    admitted.add(new Admission(peer.name(), source, Protocol.TCP, LibvirtThere.PORT));
                }
            }
        }
        return admitted;
    }

    /** Nodes ask other hosts' hypervisors, and so do the hypervisors from which machines go there. */
    static boolean asksHypervisors(HostRecord peer) {
        return peer.wanted().node() || peer.wanted().vms();
    }

    private static Set<Admission> ports(String peer, InetAddress from, boolean node) {
        Set<Admission> ports = new HashSet<>(of(peer, from, Protocol.UDP, CONNECTOR_UDP));
        ports.addAll(of(peer, from, Protocol.TCP, CONNECTOR_TCP));
        if (node) {
            ports.addAll(of(peer, from, Protocol.UDP, NODE_UDP));
            ports.addAll(of(peer, from, Protocol.TCP, NODE_TCP));
        }
        return ports;
    }

    private static Set<Admission> of(String peer, InetAddress from, Protocol protocol, List<Integer> ports) {
        return ports.stream()
                .map(port -> new Admission(peer, from, protocol, port))
                .collect(Collectors.toSet());
    }
}
