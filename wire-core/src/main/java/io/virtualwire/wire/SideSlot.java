package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One side of a wire in this daemon: its newest record, and those that it is replacing. */
final class SideSlot {
    private final WireId wire;
    private final Side side;
    private Outlet outlet;
    private @Nullable SideRecord newest;
    /** Still there until the newest has taken over. */
    private final List<SideRecord> predecessors = new ArrayList<>();

    SideSlot(WireId wire, Side side, Outlet outlet) {
        this.wire = wire;
        this.side = side;
        this.outlet = outlet;
        outlet.plug(this);
    }

    /** The record takes the newest's place, at first beside it. */
    void push(SideRecord record) {
        if (newest != null) {
            predecessors.add(newest);
        }
        newest = record;
        for (SideRecord old : List.copyOf(predecessors)) {
            // One that has yielded goes when its frames are drained: a quick move back must not cut off its own relay.
            if (old.state() == SideState.STANDBY || old.isDrained()) {
                release(old);
            }
        }
    }

    EngineImage.SideImage image() {
        return new EngineImage.SideImage(
                wire, side, outlet.endpoint(), records().map(SideRecord::image).toList());
    }

    /** Becomes what another process had. The newest first: the others may relay to it. */
    void restore(Scope scope, List<EngineImage.RecordImage> images) {
        List<SideRecord> records = images.stream()
                .map(image -> new SideRecord(scope, this, image.generation(), image.options()))
                .toList();
        newest = records.getLast();
        predecessors.addAll(records.subList(0, records.size() - 1));
        for (int i = 0; i < records.size(); i++) {
            records.get(i).restore(images.get(i));
        }
    }

    void goOn(long now) {
        records().forEach(record -> record.goOn(now));
    }

    SideRecord record(Generation generation) {
        return records()
                .filter(record -> record.generation().equals(generation))
                .findFirst()
                .orElseThrow();
    }

    /** Oldest first. */
    private Stream<SideRecord> records() {
        return Stream.concat(predecessors.stream(), Stream.of(newest()));
    }

    void plugInto(Outlet other) {
        if (outlet != other) {
            outlet.recall().disarm();
            outlet.unplug(this);
            outlet = other;
            outlet.plug(this);
        }
    }

    /** {@code successor} is about to be active: what it replaces yields to it, in the same step. */
    void yieldPredecessors(SideRecord successor) {
        for (SideRecord old : List.copyOf(predecessors)) {
            if (old != successor && old.state() == SideState.ACTIVE) {
                successor.relays().from(new RelayIn(old.generation(), null));
                old.relays().to(new LocalRelay(successor));
                old.yieldNow();
            }
        }
    }

    /** A record has nothing left to send or relay. */
    void drained(SideRecord record) {
        if (predecessors.contains(record)) {
            release(record);
        }
    }

    private void release(SideRecord old) {
        predecessors.remove(old);
        old.close();
        if (newest != null && old.relays().out() instanceof LocalRelay) {
            newest.relays().gone();
        }
    }

    /** Removes the replaced record of this generation if it is still there and sends no more; whether it did. */
    boolean releasePredecessor(Generation generation) {
        for (SideRecord old : predecessors) {
            if (old.generation().equals(generation) && old.state() != SideState.ACTIVE) {
                release(old);
                return true;
            }
        }
        return false;
    }

    void close() {
        List.copyOf(predecessors).forEach(this::release);
        if (newest != null) {
            newest.close();
        }
        outlet.unplug(this);
    }

    /** A frame came out of the endpoint's port. */
    /* HOT PATH */
    void fromPort(byte[] bytes, int offset, int length) {
        SideRecord record = newest();
        if (record.state() == SideState.STANDBY) {
            if (announces(record, bytes, offset, length)) {
                record.activate(ActivationCause.ANNOUNCEMENT);
            } else {
                record = sender();
            }
        } else {
            countIfForeign(record, bytes, offset, length);
        }
        record.fromPort(bytes, offset, length);
    }

    private boolean announces(SideRecord standby, byte[] bytes, int offset, int length) {
        Activation activation = outlet.activation();
        if (!activation.onAnnouncement()) {
            return false;
        }
        if (Announcement.isBy(activation.mac(), bytes, offset, length)) {
            return true;
        }
        if (Announcement.isBy(0, bytes, offset, length)) {
            standby.drops().add(DropReason.FOREIGN_ANNOUNCEMENT);
            return false;
        }
        return activation.onOwnFrame()
                && activation.mac() != 0
                && Announcement.isFrom(activation.mac(), bytes, offset, length)
                && (!isBeingReplaced() || standby.isAgreed());
    }

    /** A guest may well speak for others, as a router does: what it says passes, and moves nobody. */
    /* HOT PATH */
    private void countIfForeign(SideRecord record, byte[] bytes, int offset, int length) {
        Activation activation = outlet.activation();
        if (activation.mac() != 0
                && activation.onAnnouncement()
                && Announcement.isBy(0, bytes, offset, length)
                && !Announcement.isBy(activation.mac(), bytes, offset, length)) {
            record.drops().add(DropReason.FOREIGN_ANNOUNCEMENT);
        }
    }

    private SideRecord sender() {
        for (SideRecord old : predecessors) {
            if (old.state() == SideState.ACTIVE) {
                return old;
            }
        }
        return newest();
    }

    boolean isBeingReplaced() {
        return sender() != newest();
    }

    SideRecord newest() {
        if (newest == null) {
            throw new IllegalStateException("side " + side + " of wire " + wire + " has no record");
        }
        return newest;
    }

    @Nullable
    Generation generation() {
        return newest == null ? null : newest.generation();
    }

    WireId wire() {
        return wire;
    }

    Side side() {
        return side;
    }

    String endpoint() {
        return outlet.endpoint();
    }

    Activation activation() {
        return outlet.activation();
    }

    Recall recall() {
        return outlet.recall();
    }

    @Nullable
    Port port() {
        return outlet.port();
    }
}
