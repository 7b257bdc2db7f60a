package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.control.Generation;

/**
 * A move of a component that is under way: docs/wire-protocol.md section 7, as the log sees it.
 *
 * <pre>
 *   BeginMove ──▶ UNDER WAY ──CompleteMove──▶ the new node owns
 *                  │     │
 *          AbortMove     TakeOver
 *                  ▼     ▼
 *  the old node owns     who takes over owns, with a higher generation
 * </pre>
 *
 * <p>The two nodes hand over between themselves; the log only says who may. {@code AbortMove} is for the old node, or for
 * somebody to whom it has promised never to yield to this generation.
 *
 * @param to the new node
 * @param generation what the new node's sides will have
 * @param instance the new node's process; if it ends, the move cannot complete
 */
public record Move(String to, long generation, String instance) {

    /** The new node's generation of the component's sides. */
    @JsonIgnore
    public Generation ownGeneration() {
        return new Generation(generation, to);
    }
}
