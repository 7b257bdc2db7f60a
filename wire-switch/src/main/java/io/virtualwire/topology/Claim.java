package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.control.Generation;
import java.util.Optional;

/**
 * The agreement on which node holds a component, and to which one it moves.
 *
 * @param generation of the component, and so of its side of each of its wires; the highest holds it
 * @param owner the node
 * @param instance the process of that node; when the node has another one, nobody holds the component
 * @param move the move under way
 */
public record Claim(String component, long generation, String owner, String instance, Optional<Move> move) {

    /** The highest generation that anybody was granted; every new one is higher. */
    @JsonIgnore
    public long highest() {
        return move.map(Move::generation).orElse(generation);
    }

    /** The owner's generation of the component's sides. */
    @JsonIgnore
    public Generation ownGeneration() {
        return new Generation(generation, owner);
    }

    Claim withMove(Optional<Move> changed) {
        return new Claim(component, generation, owner, instance, changed);
    }
}
