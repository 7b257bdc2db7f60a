package io.virtualwire.forwarding;

import java.util.List;
import java.util.Map;

/**
 * What the user has set up about a bridge, as opposed to what it learns.
 *
 * @param ports how ports are set up, by name; the others are {@link PortSettings#DEFAULT}
 * @param statics where stations are for certain
 */
public record BridgeSettings(Map<String, PortSettings> ports, List<StaticEntry> statics) {
    /** Nothing set up: every port passes everything. */
    public static final BridgeSettings DEFAULT = new BridgeSettings(Map.of(), List.of());

    public BridgeSettings {
        ports = Map.copyOf(ports);
        statics = List.copyOf(statics);
    }

    /** How the port of this name is set up. */
    public PortSettings port(String name) {
        return ports.getOrDefault(name, PortSettings.DEFAULT);
    }
}
