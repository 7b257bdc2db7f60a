package io.virtualwire.forwarding;

import org.jspecify.annotations.Nullable;

/** One port of a {@link Bridge}: its number, its name, its rules, and what is counted about it besides frames. */
final class BridgePort {
    final String name;
    final ForwardingDecision.Forward forward;
    VlanFilter vlans;
    boolean blocked;
    private PortSettings settings;
    private @Nullable RateLimit broadcast;
    private @Nullable RateLimit multicast;
    private @Nullable RateLimit unknown;
    private long misplaced;

    BridgePort(String name, int number, PortSettings settings) {
        this.name = name;
        this.settings = settings;
        forward = new ForwardingDecision.Forward(number);
        vlans = new VlanFilter(settings.vlans());
        limit(settings.storm());
    }

    /**
     * Goes by these settings from now on.
     *
     * @return whether it carries other VLANs than before
     */
    boolean configure(PortSettings wanted) {
        PortSettings before = settings;
        settings = wanted;
        if (!wanted.storm().equals(before.storm())) {
            limit(wanted.storm());
        }
        if (wanted.vlans().equals(before.vlans())) {
            return false;
        }
        vlans = new VlanFilter(wanted.vlans());
        return true;
    }

    private void limit(StormSettings storm) {
        broadcast = RateLimit.of(storm.broadcast());
        multicast = RateLimit.of(storm.multicast());
        unknown = RateLimit.of(storm.unknown());
    }

    // HOT PATH

    boolean admitsBroadcast(int bytes, long now) {
        return broadcast == null || broadcast.admits(bytes, now);
    }

    boolean admitsMulticast(int bytes, long now) {
        return multicast == null || multicast.admits(bytes, now);
    }

    boolean admitsUnknown(int bytes, long now) {
        return unknown == null || unknown.admits(bytes, now);
    }

    /** A frame came from here whose source is, by a static entry, behind another port. */
    void misplacedSource() {
        misplaced++;
    }

    long misplacedSources() {
        return misplaced;
    }
}
