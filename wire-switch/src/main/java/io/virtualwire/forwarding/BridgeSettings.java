package io.virtualwire.forwarding;

import java.util.List;

/**
 * What the user has set up about a bridge, as opposed to what it learns.
 *
 * @param statics where stations are for certain
 */
public record BridgeSettings(List<StaticEntry> statics) {
    /** Nothing set up: every port passes everything. */
    public static final BridgeSettings DEFAULT = new BridgeSettings(List.of());

    public BridgeSettings {
        statics = List.copyOf(statics);
    }
}
