package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A user's network as written in a topology file: hosts, switches, the wires between them, and what is wanted of virtual machines.
 *
 * @param version the version of the file's form; 1
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Topology(
        int version,
        Map<String, HostSpec> hosts,
        Map<String, SwitchSpec> switches,
        List<WireSpec> wires,
        Map<String, VmSpec> vms) {
    /** The form of the file that this release reads. */
    public static final int VERSION = 1;

    public static final Topology EMPTY = new Topology(VERSION, Map.of(), Map.of(), List.of(), Map.of());

    public Topology(
            @JsonProperty(required = true) int version,
            @Nullable Map<String, HostSpec> hosts,
            @Nullable Map<String, SwitchSpec> switches,
            @JsonSetter(contentNulls = Nulls.FAIL) @Nullable List<WireSpec> wires,
            @JsonSetter(contentNulls = Nulls.FAIL) @Nullable Map<String, VmSpec> vms) {
        this.version = version;
        this.hosts = sorted(hosts);
        this.switches = sorted(switches);
        this.wires = wires == null ? List.of() : List.copyOf(wires);
        this.vms = sorted(vms);
    }

    /** The same with this switch, which replaces one of that name. */
    public Topology withSwitch(String name, SwitchSpec wanted) {
        Map<String, SwitchSpec> more = new TreeMap<>(switches);
        more.put(name, wanted);
        return new Topology(version, hosts, more, wires, vms);
    }

    /** The same without that switch and the wires at its ports. */
    public Topology withoutSwitch(String name) {
        Map<String, SwitchSpec> fewer = new TreeMap<>(switches);
        fewer.remove(name);
        return new Topology(
                version, hosts, fewer, wiresBut(wire -> wire.component().equals(name)), vms);
    }

    /** The same with this host, which replaces one of that name. */
    public Topology withHost(String name, HostSpec host) {
        Map<String, HostSpec> more = new TreeMap<>(hosts);
        more.put(name, host);
        return new Topology(version, more, switches, wires, vms);
    }

    /** The same without that host. */
    public Topology withoutHost(String name) {
        Map<String, HostSpec> fewer = new TreeMap<>(hosts);
        fewer.remove(name);
        return new Topology(version, fewer, switches, wires, vms);
    }

    /** The same with this wire besides. */
    public Topology withWire(WireSpec wire) {
        List<WireSpec> more = new ArrayList<>(wires);
        more.add(wire);
        return new Topology(version, hosts, switches, more, vms);
    }

    /** The same with this wanted of a virtual machine. */
    public Topology withVm(String name, VmSpec wanted) {
        Map<String, VmSpec> more = new TreeMap<>(vms);
        if (wanted.follow() == VmSpec.Follow.NEVER) {
            more.remove(name);
        } else {
            more.put(name, wanted);
        }
        return new Topology(version, hosts, switches, wires, more);
    }

    /** The same without the wire at this port and what is set up for the port. */
    public Topology withoutWire(String component, String port) {
        Map<String, SwitchSpec> others = new TreeMap<>(switches);
        others.computeIfPresent(component, (name, wanted) -> wanted.withoutPort(port));
        return new Topology(
                version,
                hosts,
                others,
                wiresBut(wire ->
                        wire.component().equals(component) && wire.port().equals(port)),
                vms);
    }

    private List<WireSpec> wiresBut(Predicate<WireSpec> gone) {
        return wires.stream().filter(Predicate.not(gone)).toList();
    }

    private static <T> Map<String, T> sorted(@Nullable Map<String, T> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
