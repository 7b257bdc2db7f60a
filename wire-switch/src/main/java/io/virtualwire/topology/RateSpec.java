package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.virtualwire.forwarding.StormRate;

/** A rate as the file writes it: {@code 100 frames/s} or {@code 1000000 bytes/s}. */
public record RateSpec(StormRate rate) {

    @JsonCreator
    static RateSpec parse(String text) {
        return new RateSpec(StormRate.parse(text));
    }

    @Override
    @JsonValue
    public String toString() {
        return rate.toString();
    }
}
