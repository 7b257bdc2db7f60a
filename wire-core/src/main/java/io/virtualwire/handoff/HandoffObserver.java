package io.virtualwire.handoff;

/** Who is told what happens to an instance; called on the owner thread, must not block. */
@FunctionalInterface
public interface HandoffObserver {
    void happened(HandoffEvent event);
}
