package io.virtualwire.wire;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import org.jspecify.annotations.Nullable;

/** Where an endpoint's port and its side meet; either may be absent. */
final class Outlet implements FrameSink {
    private final String endpoint;
    private final Events events;
    private final Recall recall;
    private @Nullable Port port;
    private Activation activation = Activation.BY_COMMAND;
    private @Nullable SideSlot slot;

    Outlet(String endpoint, Scope scope) {
        this.endpoint = endpoint;
        this.events = scope.events;
        this.recall = new Recall(scope);
    }

    /* HOT PATH */
    @Override
    public void frame(byte[] bytes, int offset, int length) {
        SideSlot plugged = slot;
        if (plugged != null) {
            plugged.fromPort(bytes, offset, length);
            events.tell();
        } else if (port != null && Announcement.isBy(0, bytes, offset, length)) {
            port.counters().dropped(DropReason.UNAWAITED_ANNOUNCEMENT);
        }
    }

    void port(Port newPort, Activation newActivation) {
        port = newPort;
        activation = newActivation;
        newPort.attach(this);
        recall.port(newPort);
    }

    void removePort() {
        Port old = port;
        port = null;
        recall.port(null);
        if (old != null) {
            old.attach((bytes, offset, length) -> {});
        }
    }

    void plug(SideSlot side) {
        slot = side;
    }

    void unplug(SideSlot side) {
        if (slot == side) {
            slot = null;
        }
    }

    @Nullable
    SideSlot slot() {
        return slot;
    }

    @Nullable
    Port port() {
        return port;
    }

    Recall recall() {
        return recall;
    }

    Activation activation() {
        return activation;
    }

    String endpoint() {
        return endpoint;
    }

    boolean isUnused() {
        return port == null && slot == null;
    }
}
