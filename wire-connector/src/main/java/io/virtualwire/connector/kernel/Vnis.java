package io.virtualwire.connector.kernel;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.VniSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The VNIs that far ends are told, by the legs that they are for. */
public final class Vnis implements VniSource {
    private record Leg(WireId wire, Side side, Generation generation, Generation peerGeneration) {}

    private final Map<Leg, Integer> given = new ConcurrentHashMap<>();

    @Override
    public int vni(WireId wire, Side side, Generation generation, Generation peerGeneration) {
        return given.getOrDefault(new Leg(wire, side, generation, peerGeneration), 0);
    }

    void give(WireId wire, Side side, Generation generation, Generation peerGeneration, int vni) {
        given.put(new Leg(wire, side, generation, peerGeneration), vni);
    }

    boolean isGiven(int vni) {
        return given.containsValue(vni);
    }

    /** Takes back what was given to this side; whether there was any. */
    boolean take(WireId wire, Side side) {
        return given.keySet().removeIf(leg -> leg.wire().equals(wire) && leg.side() == side);
    }

    Optional<Integer> given(WireId wire, Side side, Generation generation, Generation peerGeneration) {
        return Optional.ofNullable(given.get(new Leg(wire, side, generation, peerGeneration)));
    }
}
