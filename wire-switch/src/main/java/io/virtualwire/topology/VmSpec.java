package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants of a virtual machine, attached already or to be.
 *
 * @param follow whether its wires follow it when somebody else has moved it
 * @param places the hosts where it may appear; empty for all of the fabric's
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record VmSpec(Follow follow, List<String> places) {

    /** By what its wires follow a machine that this fabric did not move. */
    public enum Follow {
        /** By nothing. */
        @JsonProperty("never")
        NEVER,
        /** By its own announcement at a place where it may appear: RARP, gratuitous ARP, or the first frame with its address. */
        @JsonProperty("rarp")
        RARP
    }

    /* Null is what a file that leaves it out gives. */
    @JsonCreator
    public VmSpec(
            @JsonProperty(value = "follow", required = true) @JsonSetter(nulls = Nulls.FAIL) Follow follow,
            @JsonProperty("places") @JsonSetter(contentNulls = Nulls.FAIL) @Nullable List<String> places) {
        this.follow = follow;
        this.places =
                places == null ? List.of() : places.stream().sorted().distinct().toList();
    }

    boolean mayAppearAt(String host) {
        return follow == Follow.RARP && (places.isEmpty() || places.contains(host));
    }
}
