package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.control.Generation;

/**
 * A host at which the far side of a wire is, will be or was.
 *
 * @param generation the far side's there
 */
public record WirePlace(String host, HostSpec hostSpec, long generation) {

    /** The far side's generation there. */
    @JsonIgnore
    public Generation sideGeneration() {
        return new Generation(generation, "");
    }
}
