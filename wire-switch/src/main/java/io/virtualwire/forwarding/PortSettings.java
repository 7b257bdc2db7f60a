package io.virtualwire.forwarding;

/** How a bridge's port is set up. */
public record PortSettings(PortVlans vlans, StormSettings storm) {
    /** Everything passes as it comes. */
    public static final PortSettings DEFAULT = new PortSettings(new PortVlans.Open(), StormSettings.NONE);

    /** Whether frames of this VLAN pass, 0 being those in no VLAN. */
    public boolean carries(int vlan) {
        return new VlanFilter(vlans).carries(vlan);
    }
}
