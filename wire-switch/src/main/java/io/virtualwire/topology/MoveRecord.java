package io.virtualwire.topology;

/**
 * How a component's latest move went.
 *
 * @param handoffMicros from the old instance's yield to the moment at which it learned that the new one decides, by the
 *     old node's clock; -1 until known
 * @param flipMicros from the moment at which the new instance decided to the last far end's confirmation that it has
 *     flipped, by the new node's clock; -1 until known
 * @param reason why it did not complete; empty if it did, or is under way
 */
public record MoveRecord(
        String component,
        long generation,
        String from,
        String to,
        Outcome outcome,
        long handoffMicros,
        long flipMicros,
        String reason) {

    /** How a move ended. */
    public enum Outcome {
        UNDER_WAY,
        /** The new node owns the component. */
        COMPLETED,
        /** Nothing has changed. */
        CALLED_OFF,
        /** A node was lost on the way; another claim holds. */
        TAKEN_OVER
    }

    MoveRecord ended(Outcome how, String why) {
        return new MoveRecord(component, generation, from, to, how, handoffMicros, flipMicros, why);
    }

    MoveRecord withHandoff(long micros) {
        return new MoveRecord(component, generation, from, to, outcome, micros, flipMicros, reason);
    }

    MoveRecord withFlip(long micros) {
        return new MoveRecord(component, generation, from, to, outcome, handoffMicros, micros, reason);
    }
}
