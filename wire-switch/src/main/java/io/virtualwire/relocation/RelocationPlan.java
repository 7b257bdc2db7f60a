package io.virtualwire.relocation;

import io.virtualwire.topology.RelocationStep;
import java.util.List;
import java.util.Map;

/**
 * What is to move from one cloud to another, and in which order.
 *
 * @param crossingWires how many wires go from one cloud to another before the first step
 * @param crossingBytes a second that these carry; -1 if nobody knows
 * @param steps in their order, with what crosses after each
 * @param why for each that moves, by its name, why it goes where it goes
 * @param stays what is in the cloud that is left and cannot move now, by its name, with the reason
 */
public record RelocationPlan(
        String from,
        String to,
        int crossingWires,
        long crossingBytes,
        List<RelocationStep> steps,
        Map<String, String> why,
        Map<String, String> stays) {
    public RelocationPlan {
        steps = List.copyOf(steps);
        why = Map.copyOf(why);
        stays = Map.copyOf(stays);
    }
}
