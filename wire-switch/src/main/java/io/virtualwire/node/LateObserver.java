package io.virtualwire.node;

import io.virtualwire.cloud.spi.HypervisorEvent;
import io.virtualwire.control.Identity;
import io.virtualwire.machine.MachineMover;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.WireObserver;
import org.jspecify.annotations.Nullable;

/** Passes on what the data path tells to a reconciler that is made after it; before, there is nothing it would care for. */
final class LateObserver implements WireObserver {
    volatile @Nullable Reconciler reconciler;
    volatile @Nullable MachineMover machines;

    @Override
    public void happened(SideEvent event) {
        Reconciler to = reconciler;
        if (to != null) {
            to.happened(event);
        }
    }

    @Override
    public void told(Identity peer, PeerMessage message) {
        Reconciler to = reconciler;
        if (to != null) {
            to.told(peer, message);
        }
    }

    @Override
    public void sessionUp(Identity peer, boolean newInstance) {
        Reconciler to = reconciler;
        if (to != null) {
            to.sessionUp(peer);
        }
    }

    void farEndChanged() {
        Reconciler to = reconciler;
        if (to != null) {
            to.farEndChanged();
        }
    }

    /** Safe from any thread. */
    void hypervisorTold(String uri, HypervisorEvent event) {
        MachineMover to = machines;
        if (to != null) {
            to.told(uri, event);
        }
    }
}
