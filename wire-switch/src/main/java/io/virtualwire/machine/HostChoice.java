package io.virtualwire.machine;

import io.virtualwire.cloud.spi.HostMemory;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.Clouds;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.VmRecord;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Chooses the host of a cloud that a virtual machine moves to: one whose hypervisor answers, whose connector does not drain, and
 * where the memory that no running machine was given is enough for this one. Of several, the one on whose machine most of its
 * wires end; then the one with the most memory left; then the first by name.
 *
 * <p>Choices of one object take each other into account, and those of components. Asks each hypervisor and connector once; for one
 * thread.
 */
public final class HostChoice {
    private final FabricState state;
    private final Clouds clouds;
    private final MachineHosts hosts;
    private final NodeChoice nodes;
    private final Map<String, Look> looks = new HashMap<>();
    private final Map<String, Long> promised = new HashMap<>();

    /** A host as it is; the memory is empty if it can take nothing, for this reason. */
    private record Look(Optional<HostMemory> memory, String refusal, boolean silent) {}

    /** @param nodes where components are, and will be */
    public HostChoice(FabricState state, MachineHosts hosts, NodeChoice nodes) {
        this.state = state;
        this.clouds = new Clouds(state);
        this.hosts = hosts;
        this.nodes = nodes;
    }

    public Choice of(VmRecord vm, String cloud) {
        List<String> known = clouds.hosts(cloud);
        if (known.isEmpty()) {
            throw NodeChoice.unknown(clouds, "host", vm.name(), cloud);
        }
        long needed = needed(vm);
        Map<String, String> refusals = new TreeMap<>();
        for (String host : known) {
            Look look = look(host);
            if (look.memory().isEmpty()) {
                refusals.put(host, look.refusal());
            } else if (free(host) < needed) {
                refusals.put(host, "of its memory no machine was given " + free(host) + " MiB, and it needs " + needed);
            }
        }
        String best = known.stream()
                .filter(host -> !refusals.containsKey(host))
                .min(Comparator.<String>comparingLong(host -> -near(vm, host))
                        .thenComparing(host -> -free(host))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> nobody(vm, cloud, refusals));
        promised.merge(best, needed, Long::sum);
        long near = near(vm, best);
        String why = free(best) + " MiB are left there";
        return new Choice(best, near > 0 ? why + ", and " + near + " of its wires end there" : why);
    }

    private WireException nobody(VmRecord vm, String cloud, Map<String, String> refusals) {
        boolean silent = refusals.keySet().stream().anyMatch(host -> look(host).silent());
        return new WireException(
                silent ? ErrorCode.UNAVAILABLE : ErrorCode.WRONG_STATE,
                "cannot move " + vm.name() + " to cloud " + cloud + ": "
                        + refusals.entrySet().stream()
                                .map(each -> each.getKey() + ": " + each.getValue())
                                .collect(Collectors.joining("; ")),
                "make room there, or name a host");
    }

    /** What its hypervisor gave it; nothing is known of one that does not answer, and then it cannot move anyway. */
    private long needed(VmRecord vm) {
        HostSpec spec = state.topology().hosts().get(vm.host());
        try {
            return spec == null
                    ? 0
                    : hosts.hypervisor(vm.host(), spec)
                            .memory()
                            .givenMebibytes()
                            .getOrDefault(vm.id(), 0L);
        } catch (WireException e) {
            return 0;
        }
    }

    private Look look(String host) {
        Look known = looks.get(host);
        if (known == null) {
            known = lookAt(host);
            looks.put(host, known);
        }
        return known;
    }

    private Look lookAt(String host) {
        HostSpec spec = state.topology().hosts().get(host);
        if (spec == null || spec.libvirt() == null) {
            return new Look(Optional.empty(), "nobody said how its hypervisor is reached", false);
        }
        try {
            return hosts.connector(host, spec).isDraining()
                    ? new Look(Optional.empty(), "it drains", false)
                    : new Look(Optional.of(hosts.hypervisor(host, spec).memory()), "", false);
        } catch (WireException e) {
            return new Look(Optional.empty(), String.valueOf(e.getMessage()), true);
        }
    }

    private long free(String host) {
        return look(host).memory().map(HostMemory::freeMebibytes).orElse(0L) - promised.getOrDefault(host, 0L);
    }

    private long near(VmRecord vm, String host) {
        return state.wires().values().stream()
                .filter(wire -> vm.has(wire.endpoint()) && nodes.isOneMachine(host, nodes.nodeOf(wire.component())))
                .count();
    }
}
