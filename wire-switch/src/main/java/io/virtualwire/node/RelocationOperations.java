package io.virtualwire.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.RelocationView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.machine.MachineHosts;
import io.virtualwire.relocation.RelocationPlan;
import io.virtualwire.relocation.RelocationPlanner;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Relocation;
import io.virtualwire.topology.RelocationStep;
import io.virtualwire.topology.VmMoveWay;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** What can be asked, at any node, about moving everything from one cloud to another. */
final class RelocationOperations {
    private static final int ATTEMPTS = 3;

    private final Vertx vertx;
    private final StampedLog log;
    private final MachineHosts hosts;
    private final Supplier<Set<String>> present;
    private final WireTraffic traffic;

    RelocationOperations(Vertx vertx, StampedLog log, MachineHosts hosts, Supplier<Set<String>> present) {
        this.vertx = vertx;
        this.log = log;
        this.hosts = hosts;
        this.present = present;
        this.traffic = new WireTraffic(vertx);
    }

    /** What would be done; changes nothing. */
    Future<RelocationView> plan(String from, String to) {
        return latest().compose(state -> planned(state, from, to)).map(RelocationOperations::view);
    }

    private Future<RelocationPlan> planned(FabricState state, String from, String to) {
        return traffic.measure(state)
                .compose(bytes -> vertx.executeBlocking(
                        () -> new RelocationPlanner(state, hosts, present.get(), bytes).plan(from, to), false))
                .map(plan -> Objects.requireNonNull(plan));
    }

    /**
     * Has a relocation agreed on. If the same is under way already it goes on; if one was stopped, or has failed, what is left is
     * planned anew.
     *
     * @return its number
     */
    Future<Long> begin(String from, String to, VmMoveWay way, String key) {
        RequestKey request = RequestKey.of(
                key.isEmpty() ? UUID.randomUUID().toString() : key, List.of("relocate", from, to, way.toString()));
        return latest().compose(state -> begin(state, from, to, way, request, ATTEMPTS));
    }

    private Future<Long> begin(
            FabricState state, String from, String to, VmMoveWay way, RequestKey request, int attempts) {
        Optional<Long> known = begun(state, request)
                .or(() -> state.relocation()
                        .filter(it -> !it.state().isOver()
                                && it.from().equals(from)
                                && it.to().equals(to))
                        .map(Relocation::id));
        if (known.isPresent()) {
            return Future.succeededFuture(known.get());
        }
        return planned(state, from, to)
                .compose(plan -> append(
                        new FabricCommand.BeginRelocation(from, to, way, plan.crossingWires(), plan.steps()), request))
                .map(after -> begun(after, request)
                        .orElseThrow(() -> new WireException(
                                ErrorCode.INTERNAL,
                                "Nothing came of what was agreed on as " + request.key(),
                                "Look at the fabric as it is now")))
                .recover(failure -> {
                    boolean quicker =
                            failure instanceof WireException refused && refused.code() == ErrorCode.VERSION_CONFLICT;
                    return quicker && attempts > 1
                            ? latest().compose(now -> begin(now, from, to, way, request, attempts - 1))
                            : Future.failedFuture(failure);
                });
    }

    private static Optional<Long> begun(FabricState state, RequestKey request) {
        return state.events().of(request.key(), "relocation.begun").map(FabricEvent::generation);
    }

    /** The one under way, or the latest. */
    Future<RelocationView> show() {
        return latest().map(state -> state.relocation()
                .map(RelocationOperations::view)
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND, "nobody has moved everything from one cloud to another yet", "")));
    }

    /** No further step begins; what is on its way arrives. */
    Future<RelocationView> stop() {
        return latest().compose(state -> {
            Relocation known = state.relocation()
                    .filter(it -> !it.state().isOver())
                    .orElseThrow(() -> new WireException(
                            ErrorCode.WRONG_STATE,
                            "cannot stop: nothing is being moved from one cloud to another",
                            ""));
            return append(new FabricCommand.StopRelocation(known.id()), RequestKey.NONE)
                    .map(after -> view(after.relocation().orElse(known)));
        });
    }

    private static RelocationView view(RelocationPlan plan) {
        return new RelocationView(
                0,
                plan.from(),
                plan.to(),
                "planned",
                plan.crossingWires(),
                plan.crossingBytes(),
                plan.steps().stream()
                        .map(step -> view(step, plan.why().getOrDefault(step.name(), "")))
                        .toList(),
                plan.stays());
    }

    static RelocationView view(Relocation relocation) {
        return new RelocationView(
                relocation.id(),
                relocation.from(),
                relocation.to(),
                name(relocation.state()),
                relocation.steps().stream()
                        .filter(step -> step.status() == RelocationStep.Status.DONE)
                        .reduce((before, last) -> last)
                        .map(RelocationStep::crossingWires)
                        .orElse(relocation.crossingWires()),
                -1,
                relocation.steps().stream().map(step -> view(step, "")).toList(),
                Map.of());
    }

    private static RelocationView.Step view(RelocationStep step, String why) {
        return new RelocationView.Step(
                name(step.kind()),
                step.name(),
                step.from(),
                step.to(),
                why,
                step.crossingWires(),
                step.crossingBytes(),
                name(step.status()),
                step.reason());
    }

    /** How people call it. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Future<FabricState> latest() {
        return Future.fromCompletionStage(log.latest(), vertx.getOrCreateContext())
                .map(Applied::state);
    }

    private Future<FabricState> append(FabricCommand command, RequestKey request) {
        return Future.fromCompletionStage(log.append(command, request), vertx.getOrCreateContext())
                .map(Applied::state)
                .recover(failure -> Future.failedFuture(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure));
    }
}
