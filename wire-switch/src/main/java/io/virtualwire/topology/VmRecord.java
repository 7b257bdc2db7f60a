package io.virtualwire.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * A virtual machine some of whose interfaces are endpoints of the fabric.
 *
 * @param name how people call it
 * @param domain how its hypervisor calls it
 * @param id what its hypervisor knows it by, wherever it is
 * @param host where it is
 * @param nics those that are endpoints, in the guest's order
 * @param prepared the hosts that have its endpoints though it is not there, because it may appear there
 */
public record VmRecord(String name, String domain, UUID id, String host, List<VmNic> nics, List<String> prepared) {
    public VmRecord {
        nics = nics.stream().sorted(Comparator.comparing(VmNic::number)).toList();
        prepared = prepared == null ? List.of() : prepared.stream().sorted().toList();
    }

    /** One that is prepared nowhere else. */
    public VmRecord(String name, String domain, UUID id, String host, List<VmNic> nics) {
        this(name, domain, id, host, nics, List.of());
    }

    /** Whether one of its interfaces is the endpoint of this name. */
    public boolean has(String endpoint) {
        return nics.stream().anyMatch(nic -> nic.endpoint().equals(endpoint));
    }

    VmRecord preparedAt(Collection<String> hosts) {
        return new VmRecord(name, domain, id, host, nics, List.copyOf(hosts));
    }

    VmRecord at(String other) {
        return new VmRecord(
                name,
                domain,
                id,
                other,
                nics,
                prepared.stream().filter(host -> !host.equals(other)).toList());
    }

    VmRecord with(List<VmNic> more) {
        List<VmNic> all = new ArrayList<>(more);
        nics.stream()
                .filter(nic -> more.stream().noneMatch(other -> other.number() == nic.number()))
                .forEach(all::add);
        return new VmRecord(name, domain, id, host, all, prepared);
    }

    VmRecord without(String endpoint) {
        return new VmRecord(
                name,
                domain,
                id,
                host,
                nics.stream().filter(nic -> !nic.endpoint().equals(endpoint)).toList(),
                prepared);
    }
}
