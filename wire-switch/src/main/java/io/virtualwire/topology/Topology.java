package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A user's network as written in a topology file: hosts, switches, and the wires between them.
 *
 * @param version the version of the file's form; 1
 */
public record Topology(
        int version, Map<String, HostSpec> hosts, Map<String, SwitchSpec> switches, List<WireSpec> wires) {
    /** The form of the file that this release reads. */
    public static final int VERSION = 1;

    public static final Topology EMPTY = new Topology(VERSION, Map.of(), Map.of(), List.of());

    public Topology(
            @JsonProperty(required = true) int version,
            @Nullable Map<String, HostSpec> hosts,
            @Nullable Map<String, SwitchSpec> switches,
            @Nullable List<WireSpec> wires) {
        this.version = version;
        this.hosts = sorted(hosts);
        this.switches = sorted(switches);
        this.wires = wires == null ? List.of() : List.copyOf(wires);
    }

    private static <T> Map<String, T> sorted(@Nullable Map<String, T> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
