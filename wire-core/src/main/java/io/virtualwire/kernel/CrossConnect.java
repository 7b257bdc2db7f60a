package io.virtualwire.kernel;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.DeviceShield;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.TrafficControl;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Joins interfaces of this host with peers on the underlay, and leaves the forwarding to the kernel.
 *
 * <pre>
 *   guest ── endpoint's device ─tc▶ side ─▶ VXLAN device ══ underlay ══▶ VXLAN device ─tc▶ leg ▶ side ─▶ device ── guest
 * </pre>
 *
 * <p>A <em>side</em> is an endpoint's device; a <em>leg</em> is one generation of its far end, by the VNI that it was given.
 * Everything is kept in the kernel under names: a process that is killed loses nothing, forwarding goes on, and the next
 * {@link #open} finds it again. Most verbs start ip(8) or tc(8), so they block; not for use by two threads.
 */
public final class CrossConnect implements AutoCloseable {
    private final CrossConnectConfig config;
    private final Tables tables;
    private final InterfaceControl interfaces;
    private final TrafficControl traffic;
    private final DeviceShield shield;
    private final UnderlayMtu mtu;
    private final Map<String, Integer> sidesByDevice = new HashMap<>();
    private final Places sidePlaces = new Places(Tables.MOST_SIDES);
    private final Places legPlaces = new Places(Tables.MOST_LEGS);
    /** Which legs each side hears: with thousands of sides nobody goes through all legs for one. */
    private final Map<Integer, Set<Integer>> legsBySide = new HashMap<>();

    private CrossConnect(CrossConnectConfig config, Tables tables, TrafficControl traffic) {
        this.config = config;
        this.tables = tables;
        this.traffic = traffic;
        interfaces = new InterfaceControl(config.namespace());
        shield = new DeviceShield(config.namespace());
        mtu = new UnderlayMtu(interfaces);
    }

    /** Finds the one that is there, or makes it; refused where the kernel lacks a part. */
    public static CrossConnect open(CrossConnectConfig config) {
        return open(config, new TrafficControl(config.namespace()));
    }

    static CrossConnect open(CrossConnectConfig config, TrafficControl traffic) {
        Tables tables = Tables.open(
                config.folder(),
                () -> new InterfaceControl(config.namespace()).exists(config.device())
                        ? traffic.attached(config.device())
                        : OptionalInt.empty());
        CrossConnect opened = new CrossConnect(config, tables, traffic);
        VxlanDevice device = new VxlanDevice(config, opened.interfaces);
        try {
            opened.restore(device);
            return opened;
        } catch (RuntimeException e) {
            opened.abandon(device, e);
            throw e;
        }
    }

    /* Only what is new is taken away: others may forward with what was found. */
    private void abandon(VxlanDevice device, RuntimeException cause) {
        try {
            device.undo();
            close();
            if (tables.isNew()) {
                tables.demolish();
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void restore(VxlanDevice device) {
        tables.board().device(device.ensure());
        tables.board().source(config.sourceBits());
        traffic.attach(config.device(), tables.fromUnderlay());
        device.open();
        if (tables.board().lastVni() == 0) {
            tables.board().lastVni(ThreadLocalRandom.current().nextInt(1, KernelLeg.HIGHEST_VNI));
        }
        Map<Integer, String> names = interfaces.names();
        for (int index : tables.endpoints().keys()) {
            int side = tables.endpoints().get(index).orElseThrow();
            sidePlaces.take(side);
            if (names.containsKey(index)) {
                sidesByDevice.put(names.get(index), side);
            }
        }
        for (int vni : tables.indices().keys()) {
            int leg = tables.indices().get(vni).orElseThrow();
            legPlaces.take(leg);
            listLeg(tables.legs().side(leg), leg);
        }
        for (int index : tables.endpoints().keys()) {
            if (!names.containsKey(index)) {
                forget(index, tables.endpoints().get(index).orElseThrow());
            }
        }
    }

    /** Throws unless what a guest may send there fits, encapsulated, into what the underlay carries whole towards the peer. */
    public void check(String device, InetAddress peer) {
        mtu.check(device, peer);
    }

    /**
     * Makes a device the endpoint of a side that is standby and has no far end yet; once more changes nothing. Somebody else keeps
     * the host's own stack off it.
     */
    public void occupy(String device) {
        occupy(device, false);
    }

    /** Ends what {@link #occupy} has begun. */
    public void withdraw(String device) {
        withdraw(device, false);
    }

    /**
     * Makes a device the endpoint of a side that is standby and has no far end yet; once more changes nothing. The host's own
     * stack neither hears nor says anything there any more.
     *
     * @param straight give frames to the other end of a veth, which is in another namespace, without a queue between
     */
    public void plug(String device, boolean straight) {
        shield.hush(device);
        occupy(device, straight);
    }

    private void occupy(String device, boolean straight) {
        int index = interfaces.index(device);
        Integer known = sidesByDevice.get(device);
        if (known != null && tables.sides().device(known) != index) {
            // Another device of the same name.
            forget(tables.sides().device(known), known);
            sidesByDevice.remove(device);
            known = null;
        }
        if (known == null) {
            int side = sidePlaces.next();
            tables.sides().begin(side, index, straight);
            tables.endpoints().put(index, side);
            sidesByDevice.put(device, side);
        }
        traffic.attach(device, tables.fromEndpoint());
    }

    /** Ends the side with all that may be heard there; nothing happens if there is none. */
    public void unplug(String device) {
        withdraw(device, true);
    }

    private void withdraw(String device, boolean unhush) {
        Integer side = sidesByDevice.remove(device);
        if (side == null) {
            return;
        }
        // No program must run for the device while its place may become another's.
        if (interfaces.exists(device)) {
            traffic.detach(device);
            if (unhush) {
                shield.unhush(device);
            }
        }
        forget(tables.sides().device(side), side);
    }

    private void forget(int deviceIndex, int side) {
        for (int leg : legsOf(side)) {
            end(leg);
        }
        tables.endpoints().remove(deviceIndex);
        tables.sides().end(side);
        sidePlaces.give(side);
    }

    /** Lets the guest speak. */
    public void activate(String device) {
        tables.sides().state(side(device), SideState.ACTIVE);
    }

    /** Lets the guest speak no more; what the far end sends is still delivered. */
    public void silence(String device) {
        tables.sides().state(side(device), SideState.YIELDED);
    }

    /** A VNI for a far end to send with: no leg has it, and none had it for the last sixteen million. */
    public int reserve() {
        int vni = tables.board().lastVni();
        do {
            vni = vni % KernelLeg.HIGHEST_VNI + 1;
        } while (tables.indices().get(vni).isPresent());
        tables.board().lastVni(vni);
        return vni;
    }

    /** Hears this generation of the far end, and sends to it from now on; the others are heard until they are released. */
    public void join(String device, KernelLeg leg) {
        int side = side(device);
        refuseOlder(side, leg);
        add(device, side, leg, LegState.HEARD);
        tables.sides().pointAt(side, leg.generation(), leg.departure());
        settle(side);
    }

    /** Hears this generation of the far end; who it is otherwise will be said by {@link #expect} or {@link #join}. */
    public void hear(String device, KernelLeg leg) {
        add(device, side(device), leg, LegState.HEARD);
    }

    /** Hears this generation of the far end, and sends to it as soon as its first frame has come. */
    public void expect(String device, KernelLeg leg) {
        int side = side(device);
        refuseOlder(side, leg);
        // One successor at a time: of two that came at once the lower could be the last to be followed.
        for (int other : legsOf(side)) {
            if (tables.legs().state(other) == LegState.SUCCESSOR
                    && tables.legs().generation(other) < leg.generation()) {
                end(other);
            }
        }
        add(device, side, leg, LegState.SUCCESSOR);
    }

    /** Sends to a successor whose first frame has not come, because something else says that it has taken over. */
    public void follow(int receiveVni) {
        int leg = leg(receiveVni);
        tables.legs().followed(leg);
        settle(tables.legs().side(leg));
    }

    /** Hears the far end that has this VNI no more: what comes from it is dropped; nothing happens if there is none. */
    public void release(int receiveVni) {
        tables.indices().get(receiveVni).ifPresent(this::end);
    }

    /** Whether its frames are forwarded. */
    public boolean isPlugged(String device) {
        return sidesByDevice.containsKey(device);
    }

    public SideReport report(String device) {
        return tables.sides().report(side(device));
    }

    /** What may be heard there, the lowest generation first. */
    public List<LegReport> legs(String device) {
        int side = side(device);
        List<LegReport> reports = new ArrayList<>();
        for (int leg : legsOf(side)) {
            Legs legs = tables.legs();
            reports.add(new LegReport(
                    legs.vni(leg),
                    legs.generation(leg),
                    legs.state(leg),
                    legs.departure(leg) == tables.sides().departure(side),
                    legs.frames(leg)));
        }
        reports.sort(Comparator.comparingLong(LegReport::generation));
        return reports;
    }

    /** How many frames the kernel has dropped, by reason. */
    public Map<KernelDrop, Long> drops() {
        return tables.board().drops();
    }

    /** Ends it, and takes everything out of the kernel again. */
    public void demolish() {
        for (String device : new TreeMap<>(sidesByDevice).keySet()) {
            unplug(device);
        }
        if (interfaces.exists(config.device())) {
            interfaces.delete(config.device());
        }
        close();
        tables.demolish();
    }

    /** Lets go of it; the kernel goes on forwarding. */
    @Override
    public void close() {
        tables.close();
    }

    private void add(String device, int side, KernelLeg leg, LegState state) {
        mtu.check(device, leg.peer());
        int before = tables.indices().get(leg.receiveVni()).orElse(-1);
        if (before >= 0 && tables.legs().side(before) != side) {
            throw new WireException(
                    ErrorCode.IN_USE, "VNI " + leg.receiveVni() + " belongs to another side", "reserve another one");
        }
        int place = legPlaces.next();
        tables.legs().begin(place, side, leg, state);
        tables.indices().put(leg.receiveVni(), place);
        listLeg(side, place);
        if (before >= 0) {
            giveUp(before);
        }
    }

    /* Its record stays as it was, for the program that may just be reading it. */
    private void end(int leg) {
        tables.indices().remove(tables.legs().vni(leg));
        giveUp(leg);
    }

    private void listLeg(int side, int leg) {
        legsBySide.computeIfAbsent(side, it -> new TreeSet<>()).add(leg);
    }

    private void giveUp(int leg) {
        legPlaces.give(leg);
        int side = tables.legs().side(leg);
        Set<Integer> left = legsBySide.get(side);
        if (left != null && left.remove(leg) && left.isEmpty()) {
            legsBySide.remove(side);
        }
    }

    private void refuseOlder(int side, KernelLeg leg) {
        if (leg.generation() < tables.sides().generation(side)) {
            throw new WireException(
                    ErrorCode.STALE_GENERATION,
                    "generation " + leg.generation() + " of the far end is older than "
                            + tables.sides().generation(side) + ", which frames are sent to",
                    "see who holds the far side now");
        }
    }

    /* The program may have followed a successor while this process wrote: the highest that has come is the one. */
    private void settle(int side) {
        for (int leg : legsOf(side)) {
            long generation = tables.legs().generation(leg);
            if (tables.legs().state(leg) == LegState.FLIPPED
                    && generation >= tables.sides().generation(side)) {
                tables.sides().pointAt(side, generation, tables.legs().departure(leg));
            }
        }
    }

    private List<Integer> legsOf(int side) {
        return List.copyOf(legsBySide.getOrDefault(side, Set.of()));
    }

    private int leg(int receiveVni) {
        return tables.indices()
                .get(receiveVni)
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND, "no far end has VNI " + receiveVni, "see which are heard"));
    }

    private int side(String device) {
        Integer side = sidesByDevice.get(device);
        if (side == null) {
            throw new WireException(ErrorCode.NOT_FOUND, device + " is no endpoint of a kernel wire", "plug it first");
        }
        return side;
    }
}
