package io.virtualwire.topology;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What may become of a {@link Relocation}. */
final class RelocationRules {
    private final FabricState state;

    RelocationRules(FabricState state) {
        this.state = state;
    }

    FabricState begin(FabricCommand.BeginRelocation begin) {
        String attempt = "Cannot move everything from " + begin.from() + " to " + begin.to() + ": ";
        state.relocation().filter(known -> !known.state().isOver()).ifPresent(known -> {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    attempt + "everything is being moved from " + known.from() + " to " + known.to() + " now",
                    "Wait until that has ended, or stop it");
        });
        Set<String> names = new HashSet<>();
        for (RelocationStep step : begin.steps()) {
            boolean isThere = placeOf(step).filter(step.from()::equals).isPresent();
            if (!names.add(step.kind() + step.name()) || !isThere || step.status() != RelocationStep.Status.WAITING) {
                throw new WireException(
                        ErrorCode.VERSION_CONFLICT,
                        attempt + step.name() + " is not at " + step.from(),
                        "Plan it again");
            }
        }
        long id = state.lastGeneration() + 1;
        return state.withWires(state.wires(), state.removed(), id)
                .withRelocation(new Relocation(
                        id, begin.from(), begin.to(), begin.way(), begin.crossingWires(), begin.steps(), false));
    }

    FabricState stop(FabricCommand.StopRelocation stop) {
        Relocation known = require(stop.id());
        return state.withRelocation(known.stopped());
    }

    FabricState step(FabricCommand.BeginRelocationStep begin) {
        Relocation known = require(begin.id());
        FabricStateMachine.requireInstance(state, begin.node(), begin.instance());
        if (known.due().orElse(-1) != begin.index()) {
            throw new WireException(
                    ErrorCode.VERSION_CONFLICT, "Step " + begin.index() + " is not the one to begin now", "Look again");
        }
        RelocationStep step = known.steps().get(begin.index());
        Optional<String> at = placeOf(step);
        if (at.isEmpty() || !at.get().equals(step.from())) {
            String why = at.map(place -> "it is at " + place).orElse("it is gone");
            return state.withRelocation(known.with(begin.index(), step.ended(RelocationStep.Status.DONE, why)));
        }
        if (isMoving(step)) {
            throw new WireException(
                    ErrorCode.WRONG_STATE, step.name() + " moves already", "Repeat it when that move has ended");
        }
        try {
            FabricState moving = step.kind() == RelocationStep.Kind.MACHINE
                    ? new MachineRules(state)
                            .begin(new FabricCommand.BeginVmMove(
                                    step.name(), step.to(), known.way(), begin.node(), begin.instance()))
                    : FabricStateMachine.beginMove(
                            state,
                            new FabricCommand.BeginMove(
                                    step.name(),
                                    state.claim(step.name()).map(Claim::highest).orElse(0L),
                                    step.to()));
            return moving.withRelocation(known.with(begin.index(), step.begun(moving.lastGeneration())));
        } catch (WireException refused) {
            return state.withRelocation(known.with(
                    begin.index(), step.ended(RelocationStep.Status.FAILED, String.valueOf(refused.getMessage()))));
        }
    }

    /** With what has become of the moves that were begun. */
    FabricState settled() {
        Relocation known = state.relocation().orElse(null);
        if (known == null) {
            return state;
        }
        Relocation settled = known;
        for (int i = 0; i < known.steps().size(); i++) {
            RelocationStep step = known.steps().get(i);
            if (step.status() == RelocationStep.Status.MOVING) {
                settled = settled.with(i, step.kind() == RelocationStep.Kind.MACHINE ? machine(step) : component(step));
            }
        }
        return settled.equals(known) ? state : state.withRelocation(settled);
    }

    private RelocationStep machine(RelocationStep step) {
        VmMove move = state.machines().lastMove(step.name()).orElse(null);
        if (move == null || move.generation() != step.generation()) {
            return byPlace(step, "another move has followed");
        }
        return switch (move.phase()) {
            case PREPARE, MOVE, ACTIVATE, DRAIN, CLEAN_UP -> step;
            case DONE -> step.ended(RelocationStep.Status.DONE, "");
            case ROLLED_BACK -> step.ended(RelocationStep.Status.FAILED, move.reason());
        };
    }

    private RelocationStep component(RelocationStep step) {
        MoveRecord move = state.lastMove(step.name()).orElse(null);
        if (move == null || move.generation() != step.generation()) {
            return byPlace(step, "another move has followed");
        }
        return switch (move.outcome()) {
            case UNDER_WAY -> placeOf(step).isPresent() ? step : byPlace(step, "it is gone");
            case COMPLETED -> step.ended(RelocationStep.Status.DONE, "");
            case CALLED_OFF, TAKEN_OVER -> byPlace(step, move.reason());
        };
    }

    private RelocationStep byPlace(RelocationStep step, String why) {
        boolean isThere = placeOf(step).filter(step.to()::equals).isPresent();
        return step.ended(isThere ? RelocationStep.Status.DONE : RelocationStep.Status.FAILED, why);
    }

    private Optional<String> placeOf(RelocationStep step) {
        return switch (step.kind()) {
            case MACHINE -> state.machines().vm(step.name()).map(VmRecord::host);
            case COMPONENT -> state.claim(step.name()).map(Claim::owner);
        };
    }

    private boolean isMoving(RelocationStep step) {
        return switch (step.kind()) {
            case MACHINE -> state.machines().moving(step.name()).isPresent();
            case COMPONENT -> state.claim(step.name()).flatMap(Claim::move).isPresent();
        };
    }

    private Relocation require(long id) {
        return state.relocation()
                .filter(known -> known.id() == id && !known.state().isOver())
                .orElseThrow(() ->
                        new WireException(ErrorCode.VERSION_CONFLICT, "Nothing is being moved as " + id, "Look again"));
    }
}
