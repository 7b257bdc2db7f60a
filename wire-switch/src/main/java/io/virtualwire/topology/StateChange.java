package io.virtualwire.topology;

import io.virtualwire.client.FabricEventDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The events in the difference between one agreed state and the next. */
final class StateChange {
    private final FabricState before;
    private final FabricState after;
    private final List<FabricEventDraft> events = new ArrayList<>();

    StateChange(FabricState before, FabricState after) {
        this.before = before;
        this.after = after;
    }

    List<FabricEventDraft> events() {
        nodes();
        members();
        topology();
        after.topology().switches().keySet().forEach(this::component);
        after.wires().keySet().forEach(this::port);
        machines();
        relocation();
        return events;
    }

    private void nodes() {
        after.nodes().forEach((name, node) -> {
            Optional<NodeRecord> known = before.node(name);
            if (known.map(NodeRecord::draining).orElse(false) != node.draining()) {
                events.add(new FabricEventDraft(node.draining() ? "node.draining" : "node.taking").at(name));
            }
            boolean isGone = after.observations().absent().contains(name);
            boolean wasGone = before.observations().absent().contains(name);
            if (known.isEmpty() || !known.get().instance().equals(node.instance())) {
                events.add(new FabricEventDraft("node.joined").at(name));
            } else if (wasGone && !isGone) {
                events.add(new FabricEventDraft("node.returned").at(name));
            } else if (isGone && !wasGone) {
                events.add(new FabricEventDraft("node.left").at(name));
                after.claims().values().stream()
                        .filter(claim -> claim.owner().equals(name))
                        .forEach(claim -> events.add(new FabricEventDraft("component.failed")
                                .about(claim.component(), name, "", claim.generation())
                                .because("its node has left")));
            }
        });
    }

    /** Those with whom a fabric begins were not let in by anybody. */
    private void members() {
        if (before.members().present().isEmpty()) {
            return;
        }
        after.members().present().keySet().stream()
                .filter(name -> !before.members().contains(name))
                .forEach(name -> events.add(new FabricEventDraft("node.admitted").at(name)));
        before.members().present().keySet().stream()
                .filter(name -> !after.members().contains(name))
                .forEach(name -> events.add(new FabricEventDraft("node.dismissed").at(name)));
    }

    private void topology() {
        if (before.version() == after.version()) {
            return;
        }
        events.add(new FabricEventDraft("topology.applied")
                .replacing(after.version(), missing(after.wires(), before), missing(before.wires(), after)));
        for (String name : after.topology().switches().keySet()) {
            if (!before.topology().switches().containsKey(name)) {
                events.add(new FabricEventDraft("component.added").about(name, "", "", 0));
            }
        }
        for (String name : before.topology().switches().keySet()) {
            if (!after.topology().switches().containsKey(name)) {
                events.add(new FabricEventDraft("component.removed").about(name, "", "", 0));
            }
        }
    }

    private static List<String> missing(Map<String, WireRecord> wires, FabricState from) {
        return wires.values().stream()
                .filter(wire -> from.wires().get(wire.name()) == null
                        || !from.wires().get(wire.name()).id().equals(wire.id()))
                .map(WireRecord::name)
                .toList();
    }

    private void component(String name) {
        Optional<MoveRecord> was = before.lastMove(name);
        Optional<MoveRecord> is = after.lastMove(name);
        boolean moved = false;
        if (is.isPresent() && !is.equals(was)) {
            moved = move(
                    is.get(), was.filter(move -> move.generation() == is.get().generation()));
        }
        Optional<Claim> held = before.claim(name);
        Optional<Claim> holds = after.claim(name);
        if (!moved && holds.isPresent() && !holds.map(Claim::generation).equals(held.map(Claim::generation))) {
            Claim taken = holds.get();
            String from = held.map(Claim::owner).orElse("");
            // Others may take over before anybody has reported the loss.
            held.filter(claim -> !before.observations().absent().contains(claim.owner()))
                    .ifPresent(claim -> events.add(new FabricEventDraft("component.failed")
                            .about(name, claim.owner(), "", claim.generation())
                            .because("the process that held it is lost")));
            events.add(new FabricEventDraft("component.placed").about(name, taken.owner(), from, taken.generation()));
        }
    }

    /** Whether the component is now where the move goes. */
    private boolean move(MoveRecord is, Optional<MoveRecord> was) {
        boolean ended =
                was.map(MoveRecord::outcome).filter(is.outcome()::equals).isEmpty();
        if (ended) {
            String type = switch (is.outcome()) {
                case UNDER_WAY -> "component.moving";
                case COMPLETED -> "component.moved";
                case CALLED_OFF, TAKEN_OVER -> "component.move-failed";
            };
            events.add(new FabricEventDraft(type)
                    .about(is.component(), is.to(), is.from(), is.generation())
                    .because(is.reason()));
        }
        if (isMeasured(is) && was.filter(StateChange::isMeasured).isEmpty()) {
            events.add(new FabricEventDraft("component.measured")
                    .about(is.component(), is.to(), is.from(), is.generation())
                    .measured(is.handoffMicros(), is.flipMicros()));
        }
        return ended && is.outcome() == MoveRecord.Outcome.COMPLETED;
    }

    private static boolean isMeasured(MoveRecord move) {
        return move.handoffMicros() >= 0 && move.flipMicros() >= 0;
    }

    private void port(String wire) {
        PortReport was = before.observations().port(wire);
        PortReport is = after.observations().port(wire);
        if (was.equals(is)) {
            return;
        }
        String component = Objects.requireNonNull(after.wires().get(wire)).component();
        String node = after.claim(component).map(Claim::owner).orElse("");
        long generation = after.claim(component).map(Claim::generation).orElse(0L);
        if (was.up() != is.up()) {
            events.add(new FabricEventDraft(is.up() ? "wire.up" : "wire.down")
                    .about(component, node, "", generation)
                    .on(wire)
                    .because(is.detail()));
        }
        if (!was.blockedFor().equals(is.blockedFor())) {
            events.add(new FabricEventDraft(is.blockedFor().isEmpty() ? "port.unblocked" : "port.blocked")
                    .about(component, node, "", generation)
                    .on(wire)
                    .because(is.blockedFor()));
        }
    }

    private void machines() {
        after.machines().vms().forEach((name, vm) -> {
            if (before.machines()
                    .vm(name)
                    .filter(was -> was.nics().equals(vm.nics()))
                    .isEmpty()) {
                events.add(new FabricEventDraft("vm.attached").about(name, vm.host(), "", 0));
            }
        });
        before.machines().vms().forEach((name, vm) -> {
            if (after.machines().vm(name).isEmpty()) {
                events.add(new FabricEventDraft("vm.detached").about(name, vm.host(), "", 0));
            }
        });
        after.machines().moves().forEach((name, move) -> {
            Optional<VmMove> was =
                    before.machines().lastMove(name).filter(known -> known.generation() == move.generation());
            if (was.map(VmMove::phase).filter(move.phase()::equals).isEmpty()) {
                String type = switch (move.phase()) {
                    case PREPARE -> "vm.moving";
                    case ACTIVATE -> was.isEmpty() ? "vm.followed" : "vm.move-phase";
                    case MOVE, CLEAN_UP -> "vm.move-phase";
                    case DRAIN -> "vm.moved";
                    case DONE -> "vm.move-done";
                    case ROLLED_BACK -> "vm.move-failed";
                };
                String detail = move.phase() == VmMovePhase.ROLLED_BACK
                        ? move.reason()
                        : move.phase().name().toLowerCase(Locale.ROOT);
                events.add(new FabricEventDraft(type)
                        .about(name, move.to(), move.from(), move.generation())
                        .because(detail));
            }
        });
    }

    private void relocation() {
        Relocation is = after.relocation().orElse(null);
        if (is == null) {
            return;
        }
        Optional<Relocation> was = before.relocation().filter(known -> known.id() == is.id());
        if (was.isEmpty()) {
            events.add(relocation("relocation.begun", is));
        }
        for (int i = 0; i < is.steps().size(); i++) {
            int index = i;
            RelocationStep step = is.steps().get(i);
            RelocationStep.Status before =
                    was.map(known -> known.steps().get(index).status()).orElse(RelocationStep.Status.WAITING);
            if (before != step.status()) {
                String how = step.status().name().toLowerCase(Locale.ROOT);
                events.add(new FabricEventDraft("relocation.step")
                        .about(step.name(), step.to(), step.from(), is.id())
                        .because(step.reason().isEmpty() ? how : how + ": " + step.reason()));
            }
        }
        if (is.state().isOver() && was.filter(known -> known.state().isOver()).isEmpty()) {
            events.add(
                    relocation("relocation.ended", is).because(is.state().name().toLowerCase(Locale.ROOT)));
        }
    }

    private static FabricEventDraft relocation(String type, Relocation about) {
        return new FabricEventDraft(type).about("", about.to(), about.from(), about.id());
    }
}
