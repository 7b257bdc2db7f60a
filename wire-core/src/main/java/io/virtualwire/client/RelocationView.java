package io.virtualwire.client;

import java.util.List;
import java.util.Map;

/**
 * The move of everything that is in one cloud to another: as it is planned, or as it is.
 *
 * @param id tells it from others; 0 if it is only planned
 * @param state {@code planned}, {@code under-way}, {@code done}, {@code stopped} or {@code failed}
 * @param crossingWires how many wires go from one cloud to another now
 * @param crossingBytesPerSecond what these carry; -1 if nobody knows
 * @param steps in the order in which they begin
 * @param stays what is in the cloud that is left and cannot move, by its name, with the reason
 */
public record RelocationView(
        long id,
        String from,
        String to,
        String state,
        int crossingWires,
        long crossingBytesPerSecond,
        List<Step> steps,
        Map<String, String> stays) {
    public RelocationView {
        steps = List.copyOf(steps);
        stays = Map.copyOf(stays);
    }

    /**
     * One thing that moves.
     *
     * @param kind {@code machine} or {@code component}
     * @param from the host or node where it is
     * @param to the host or node where it goes
     * @param why that one was chosen; empty if that is not known any more
     * @param crossingWires how many wires go from one cloud to another when this step is done
     * @param crossingBytesPerSecond what these carried when it was planned; -1 if nobody knows
     * @param status {@code waiting}, {@code moving}, {@code done} or {@code failed}
     * @param reason why it failed, or needed no move; empty otherwise
     */
    public record Step(
            String kind,
            String name,
            String from,
            String to,
            String why,
            int crossingWires,
            long crossingBytesPerSecond,
            String status,
            String reason) {}
}
