package io.virtualwire.transport;

/** What to do when a descriptor is ready; called on the loop. */
@FunctionalInterface
public interface ReadyHandler {
    /**
     * Does a bounded piece of the work that is there. What is left is reported again in the next turn, so that one busy
     * descriptor cannot starve the others.
     */
    void ready();
}
