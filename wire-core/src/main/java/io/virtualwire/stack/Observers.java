package io.virtualwire.stack;

import io.virtualwire.control.Identity;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.WireObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells several observers what the engine tells one. */
final class Observers implements WireObserver {
    private final List<WireObserver> all = new CopyOnWriteArrayList<>();

    void add(WireObserver observer) {
        all.add(observer);
    }

    void remove(WireObserver observer) {
        all.remove(observer);
    }

    @Override
    public void happened(SideEvent event) {
        for (WireObserver observer : all) {
            observer.happened(event);
        }
    }

    @Override
    public void happened(SideEvent event, long nanoTime) {
        for (WireObserver observer : all) {
            observer.happened(event, nanoTime);
        }
    }

    @Override
    public void told(Identity peer, PeerMessage message) {
        for (WireObserver observer : all) {
            observer.told(peer, message);
        }
    }

    @Override
    public void sessionUp(Identity peer, boolean newInstance) {
        for (WireObserver observer : all) {
            observer.sessionUp(peer, newInstance);
        }
    }
}
