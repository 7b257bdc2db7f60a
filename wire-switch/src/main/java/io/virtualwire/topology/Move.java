package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.control.Generation;

/**
 * A move of a component that is under way.
 *
 * <pre>
 *   BeginMove ──▶ PREPARING ──MovePrepared──▶ PREPARED ──CompleteMove──▶ (the new node owns)
 *                     │                           │
 *                 AbortMove                    TakeOver
 *                     ▼                           ▼
 *             (the old node owns)     (who takes over owns, with a higher generation)
 * </pre>
 *
 * <p>The owner yields only once the log says PREPARED, and from there on the move can no longer be called off: the log's
 * order is the owner's promise of docs/wire-protocol.md section 7.
 *
 * @param to the new node
 * @param generation what the new node's sides will have
 * @param instance the new node's process that is prepared; empty before
 */
public record Move(String to, long generation, Phase phase, String instance) {

    /** How far a move has come. */
    public enum Phase {
        /** The new node connects its sides, as standby; can be called off. */
        PREPARING,
        /** Every leg and relay leg is agreed: the old node may yield at any moment. */
        PREPARED
    }

    /** The new node's generation of the component's sides. */
    @JsonIgnore
    public Generation ownGeneration() {
        return new Generation(generation, to);
    }
}
