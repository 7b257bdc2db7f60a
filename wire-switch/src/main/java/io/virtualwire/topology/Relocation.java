package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The move of everything that is in one cloud to another, step by step, as the log has it: the one under way, or the latest.
 *
 * <pre>
 *   begin ─▶ UNDER_WAY ──every step is done──────────────────────────────▶ DONE
 *                │
 *                ├──somebody stops it, and no step is under way any more──▶ STOPPED
 *                └──a step has failed, and none is under way any more─────▶ FAILED
 * </pre>
 *
 * <p>Nobody drives it: any node may propose to begin the step that is due, and what is not due is refused; how a step ends is seen
 * from the move's own record. So no node's death stops it for longer than until another looks.
 *
 * @param id the generation at which it was agreed on; no other has it
 * @param from the cloud that is left
 * @param to the cloud where everything goes
 * @param way how the hypervisors are to move machines, and how many of them at once between two hosts
 * @param crossingWires how many wires went from one cloud to another when it was planned
 * @param steps in the order in which they are begun
 * @param stopping whether no further step is to begin
 */
public record Relocation(
        long id,
        String from,
        String to,
        VmMoveWay way,
        int crossingWires,
        List<RelocationStep> steps,
        boolean stopping) {
    public Relocation {
        steps = List.copyOf(steps);
    }

    /** How it is. */
    public enum State {
        UNDER_WAY,
        DONE,
        STOPPED,
        FAILED;

        public boolean isOver() {
            return this != UNDER_WAY;
        }
    }

    @JsonIgnore
    public State state() {
        if (count(RelocationStep.Status.MOVING) > 0) {
            return State.UNDER_WAY;
        }
        if (count(RelocationStep.Status.FAILED) > 0) {
            return State.FAILED;
        }
        if (count(RelocationStep.Status.WAITING) == 0) {
            return State.DONE;
        }
        return stopping ? State.STOPPED : State.UNDER_WAY;
    }

    /**
     * The place in the list of the step that is to begin now; empty if none is.
     *
     * <p>A component moves by itself, because what goes before it is to be there when it comes; machines of which none is after a
     * component that still moves go side by side, so many between two hosts as the way says.
     */
    @JsonIgnore
    public OptionalInt due() {
        if (stopping || count(RelocationStep.Status.FAILED) > 0) {
            return OptionalInt.empty();
        }
        int next = 0;
        while (next < steps.size() && steps.get(next).status() != RelocationStep.Status.WAITING) {
            next++;
        }
        if (next == steps.size()) {
            return OptionalInt.empty();
        }
        RelocationStep step = steps.get(next);
        List<RelocationStep> moving = steps.stream()
                .filter(other -> other.status() == RelocationStep.Status.MOVING)
                .toList();
        boolean free = step.kind() == RelocationStep.Kind.COMPONENT
                ? moving.isEmpty()
                : moving.stream().noneMatch(other -> other.kind() == RelocationStep.Kind.COMPONENT)
                        && moving.stream()
                                        .filter(other -> other.from().equals(step.from())
                                                && other.to().equals(step.to()))
                                        .count()
                                < way.most();
        return free ? OptionalInt.of(next) : OptionalInt.empty();
    }

    private long count(RelocationStep.Status status) {
        return steps.stream().filter(step -> step.status() == status).count();
    }

    Relocation with(int index, RelocationStep step) {
        List<RelocationStep> changed = new ArrayList<>(steps);
        changed.set(index, step);
        return new Relocation(id, from, to, way, crossingWires, changed, stopping);
    }

    Relocation stopped() {
        return new Relocation(id, from, to, way, crossingWires, steps, true);
    }
}
