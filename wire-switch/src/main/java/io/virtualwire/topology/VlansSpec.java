package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.virtualwire.forwarding.VlanRange;

/** One of a trunk's VLANs, or several that follow one another, as the file writes them: {@code 20} or {@code 20-29}. */
public record VlansSpec(VlanRange range) {

    @JsonCreator
    static VlansSpec parse(String text) {
        return new VlansSpec(VlanRange.parse(text));
    }

    @JsonCreator
    static VlansSpec only(int vlan) {
        return new VlansSpec(new VlanRange(vlan, vlan));
    }

    @Override
    @JsonValue
    public String toString() {
        return range.toString();
    }
}
