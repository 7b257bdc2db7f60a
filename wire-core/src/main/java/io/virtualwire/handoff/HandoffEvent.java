package io.virtualwire.handoff;

import io.virtualwire.control.Generation;

/** Something that happened to an instance of a component, told on the owner thread right after it happened. */
public sealed interface HandoffEvent {
    String component();

    /** The instance's own generation. */
    Generation generation();

    /** The new instance could decide now. */
    record Prepared(String component, Generation generation) implements HandoffEvent {}

    /** The old instance decides no more, and has handed over to {@code successor}. */
    record HandedOver(String component, Generation generation, Generation successor) implements HandoffEvent {}

    /** The old instance decides no more because a higher one is heard. */
    record Superseded(String component, Generation generation) implements HandoffEvent {}

    /** The new instance decides; {@code takeover} if without the old one's help. */
    record Decided(String component, Generation generation, boolean takeover) implements HandoffEvent {}

    /** The old instance has answered whether the move to {@code successor} is called off. */
    record CallOffAnswered(String component, Generation generation, Generation successor, boolean promised)
            implements HandoffEvent {}

    /** The new instance knows whether its move is called off. */
    record CalledOff(String component, Generation generation, boolean promised) implements HandoffEvent {}

    /** The instance's sides are gone. */
    record Retired(String component, Generation generation) implements HandoffEvent {}
}
