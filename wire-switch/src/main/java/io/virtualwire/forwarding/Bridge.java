package io.virtualwire.forwarding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An 802.1Q learning bridge as a decision: says where a frame goes, moves none.
 *
 * <p>Ports have a small number, which the hot path uses and which a removed port gives back, and a name, which stays the
 * same when the bridge moves to another node. Belongs to one thread.
 */
public final class Bridge {
    /** How long an address is believed after it was last seen, as IEEE 802.1Q recommends. */
    public static final Duration DEFAULT_AGEING = Duration.ofSeconds(300);

    /** The most addresses a bridge remembers unless told otherwise. */
    public static final int DEFAULT_BOUND = 8_192;

    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long GROUP_BIT = 0x0100_0000_0000L;
    private static final long RESERVED = 0x0180_c200_0000L;
    private static final long RESERVED_MASK = 0xffff_ffff_fff0L;

    private static final ForwardingDecision FLOOD_GROUP = new ForwardingDecision.Flood(FloodCause.GROUP_DESTINATION);
    private static final ForwardingDecision FLOOD_UNKNOWN =
            new ForwardingDecision.Flood(FloodCause.UNKNOWN_DESTINATION);
    private static final ForwardingDecision DROP_BAD_SOURCE = new ForwardingDecision.Drop(FilterReason.BAD_SOURCE);
    private static final ForwardingDecision DROP_RESERVED =
            new ForwardingDecision.Drop(FilterReason.RESERVED_DESTINATION);
    private static final ForwardingDecision DROP_SAME_PORT = new ForwardingDecision.Drop(FilterReason.SAME_PORT);
    private static final ForwardingDecision DROP_UNKNOWN_PORT = new ForwardingDecision.Drop(FilterReason.UNKNOWN_PORT);
    private static final ForwardingDecision DROP_TAGGED = new ForwardingDecision.Drop(FilterReason.TAGGED_REFUSED);
    private static final ForwardingDecision DROP_UNTAGGED = new ForwardingDecision.Drop(FilterReason.UNTAGGED_REFUSED);
    private static final ForwardingDecision DROP_VLAN = new ForwardingDecision.Drop(FilterReason.VLAN_REFUSED);
    private static final ForwardingDecision DROP_NOT_CARRIED =
            new ForwardingDecision.Drop(FilterReason.VLAN_NOT_CARRIED);
    private static final ForwardingDecision DROP_BROADCAST = new ForwardingDecision.Drop(FilterReason.BROADCAST_STORM);
    private static final ForwardingDecision DROP_MULTICAST = new ForwardingDecision.Drop(FilterReason.MULTICAST_STORM);
    private static final ForwardingDecision DROP_UNKNOWN = new ForwardingDecision.Drop(FilterReason.UNKNOWN_STORM);

    private static final ForwardingDecision DROP_BLOCKED = new ForwardingDecision.Drop(FilterReason.LOOP_BLOCKED);

    private final ForwardingDatabase fdb;
    private @Nullable BridgePort[] ports = new BridgePort[4];
    private BridgeSettings settings = BridgeSettings.DEFAULT;
    private int vlan;
    private long moves;
    private long unlearned;

    public Bridge() {
        this(new ForwardingDatabase(DEFAULT_BOUND, DEFAULT_AGEING));
    }

    public Bridge(ForwardingDatabase fdb) {
        this.fdb = fdb;
    }

    /** Goes by these settings from now on; ports they name may come later. */
    public void configure(BridgeSettings wanted) {
        if (wanted.equals(settings)) {
            return;
        }
        settings = wanted;
        fdb.unfix();
        for (BridgePort port : ports) {
            if (port != null && port.configure(settings.port(port.name))) {
                fdb.forgetPort(port.forward.port());
            }
        }
        settings.statics().forEach(this::fix);
    }

    /** Lets nothing in or out by this port, or everything again. */
    public void block(int port, boolean blocked) {
        BridgePort at = portAt(port);
        if (at != null && at.blocked != blocked) {
            at.blocked = blocked;
            forget(port);
        }
    }

    /** Forgets what was learned behind this port. */
    public void forget(int port) {
        BridgePort at = portAt(port);
        if (at != null) {
            fdb.forgetPort(port);
            settings.statics().stream()
                    .filter(entry -> entry.port().equals(at.name))
                    .forEach(this::fix);
        }
    }

    /** The VLAN of a frame that comes in by this port with this tag; negative if it may not. */
    public int vlanOf(int tag, int ingress) {
        BridgePort from = portAt(ingress);
        return from == null ? VlanFilter.VLAN_REFUSED : from.vlans.vlanOf(tag);
    }

    /** VLANs such that whatever this port has in common with another, it has one of these in common with it. */
    public SortedSet<Integer> sharedVlans(int port) {
        SortedSet<Integer> shared = new TreeSet<>();
        BridgePort at = portAt(port);
        for (BridgePort other : ports) {
            if (at != null && other != null && other != at) {
                int lowest = at.vlans.lowestShared(other.vlans);
                if (lowest >= 0) {
                    shared.add(lowest);
                }
            }
        }
        return shared;
    }

    /** Adds a port and answers its number; the same number if there is a port of this name. */
    public int addPort(String name) {
        int known = portOf(name);
        if (known >= 0) {
            return known;
        }
        int free = 0;
        while (free < ports.length && ports[free] != null) {
            free++;
        }
        if (free == ports.length) {
            ports = Arrays.copyOf(ports, 2 * ports.length);
        }
        ports[free] = new BridgePort(name, free, settings.port(name));
        for (StaticEntry entry : settings.statics()) {
            if (entry.port().equals(name)) {
                fix(entry);
            }
        }
        return free;
    }

    private void fix(StaticEntry entry) {
        int port = portOf(entry.port());
        if (port >= 0) {
            fdb.fix(entry.mac().bits(), entry.vlan(), port);
        }
    }

    /** Removes a port with all that was learned there. */
    public void removePort(int port) {
        if (hasPort(port)) {
            ports[port] = null;
            fdb.forgetPort(port);
        }
    }

    /** The number of the port of this name, or -1. */
    public int portOf(String name) {
        for (BridgePort port : ports) {
            if (port != null && port.name.equals(name)) {
                return port.forward.port();
            }
        }
        return -1;
    }

    /** One more than the highest port number in use. */
    public int portLimit() {
        int limit = ports.length;
        while (limit > 0 && ports[limit - 1] == null) {
            limit--;
        }
        return limit;
    }

    public boolean hasPort(int port) {
        return portAt(port) != null;
    }

    /** How many frames came from this port whose source is, by a static entry, behind another. */
    public long misplacedSources(int port) {
        BridgePort at = portAt(port);
        return at == null ? 0 : at.misplacedSources();
    }

    private @Nullable BridgePort portAt(int port) {
        return port >= 0 && port < ports.length ? ports[port] : null;
    }

    /**
     * Learns the source and decides where the frame goes. HOT PATH: allocates nothing.
     *
     * @param destination the destination address, 48 bits
     * @param source the source address, 48 bits
     * @param tag the VLAN id of the frame's tag; 0 if that gives only a priority, negative if there is none
     * @param ingress the number of the port it came from
     * @param bytes Ethernet bytes of the frame
     * @param now nanoseconds of a monotonic clock
     */
    public ForwardingDecision decide(long destination, long source, int tag, int ingress, int bytes, long now) {
        BridgePort from = portAt(ingress);
        if (from == null) {
            return DROP_UNKNOWN_PORT;
        }
        if ((source & GROUP_BIT) != 0 || source == 0) {
            return DROP_BAD_SOURCE;
        }
        if ((destination & RESERVED_MASK) == RESERVED) {
            return DROP_RESERVED;
        }
        if (from.blocked) {
            return DROP_BLOCKED;
        }
        vlan = from.vlans.vlanOf(tag);
        if (vlan < 0) {
            return refused(vlan);
        }
        /* What a storm of groups brings is not learned either: in a loop every address would seem to move. */
        if ((destination & GROUP_BIT) != 0) {
            if (destination == BROADCAST ? !from.admitsBroadcast(bytes, now) : !from.admitsMulticast(bytes, now)) {
                return destination == BROADCAST ? DROP_BROADCAST : DROP_MULTICAST;
            }
            learn(source, from, now);
            return FLOOD_GROUP;
        }
        learn(source, from, now);
        BridgePort to = portAt(fdb.find(destination, vlan, now));
        if (to == null) {
            return from.admitsUnknown(bytes, now) ? FLOOD_UNKNOWN : DROP_UNKNOWN;
        }
        if (to == from) {
            return DROP_SAME_PORT;
        }
        if (to.blocked) {
            return DROP_BLOCKED;
        }
        return to.vlans.carries(vlan) ? to.forward : DROP_NOT_CARRIED;
    }

    private void learn(long source, BridgePort from, long now) {
        switch (fdb.learn(source, vlan, from.forward.port(), now)) {
            case MOVED -> moves++;
            case FIXED_ELSEWHERE -> from.misplacedSource();
            case FULL -> unlearned++;
            case NEW, REFRESHED -> {}
        }
    }

    private static ForwardingDecision refused(int answer) {
        return switch (answer) {
            case VlanFilter.UNTAGGED_REFUSED -> DROP_UNTAGGED;
            case VlanFilter.TAGGED_REFUSED -> DROP_TAGGED;
            default -> DROP_VLAN;
        };
    }

    /** The VLAN of the frame that was decided about last, 0 for none; if it was not filtered for its VLAN. */
    public int vlan() {
        return vlan;
    }

    /** How a frame of this VLAN leaves by this port. HOT PATH. */
    public EgressForm egress(int ofVlan, int port) {
        BridgePort to = portAt(port);
        if (to == null || to.blocked || !to.vlans.carries(ofVlan)) {
            return EgressForm.NONE;
        }
        return to.vlans.tags(ofVlan) ? EgressForm.TAGGED : EgressForm.UNTAGGED;
    }

    /** Forgets what is too old; to be called every few seconds. */
    public void age(long now) {
        fdb.age(now);
    }

    /** Everything learned that is not too old, ordered by VLAN and address; static entries are the settings' affair. */
    public List<FdbEntry> snapshot(long now) {
        List<FdbEntry> entries = new ArrayList<>(fdb.size());
        fdb.forEach(now, (mac, vlan, port, sequence, ageNanos, isFixed) -> {
            BridgePort at = portAt(port);
            if (at != null && !isFixed) {
                entries.add(new FdbEntry(mac, vlan, at.name, ageNanos / 1_000_000, sequence));
            }
        });
        entries.sort(Comparator.comparingInt(FdbEntry::vlan).thenComparingLong(FdbEntry::mac));
        return entries;
    }

    /** Takes over what another place learned, as far as this bridge has the ports and they carry the VLANs. */
    public void restore(List<FdbEntry> entries, long now) {
        for (FdbEntry entry : entries) {
            int port = portOf(entry.port());
            if (isVlan(entry.vlan()) && egress(entry.vlan(), port) != EgressForm.NONE) {
                long seenAt = now - entry.ageMillis() * 1_000_000;
                fdb.merge(entry.mac(), entry.vlan(), port, entry.sequence(), seenAt, now);
            }
        }
    }

    public BridgeSettings settings() {
        return settings;
    }

    private static boolean isVlan(int number) {
        return number >= 0 && number <= VlanRange.HIGHEST;
    }

    /** How many addresses are remembered, static ones included. */
    public int addresses() {
        return fdb.size();
    }

    /** Rises whenever what is remembered changes; see {@link ForwardingDatabase#changes}. */
    public long changes() {
        return fdb.changes();
    }

    /** How often an address appeared on another port than before. */
    public long moves() {
        return moves;
    }

    /** How often an address was not learned because the table was full. */
    public long unlearned() {
        return unlearned;
    }
}
