package io.virtualwire.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.NodeDrain;
import io.virtualwire.client.NodeView;
import io.virtualwire.client.VmPolicy;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.client.WireView;
import io.virtualwire.component.ComponentVerticle;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.machine.Choice;
import io.virtualwire.machine.NodeChoice;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.Clouds;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.PortReport;
import io.virtualwire.topology.SwitchSpec;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import io.virtualwire.topology.VmSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What can be asked of a fabric at any of its nodes, whichever way it is asked. */
final class FabricOperations {
    private static final long COMPONENT_ANSWER_MILLIS = 2_000;
    private static final int EDITS = 5;
    private static final String APPLIED = "topology.applied";

    private final Vertx vertx;
    private final String node;
    private final StampedLog log;
    private final Supplier<Set<String>> present;
    private final Supplier<Set<String>> voters;
    private final JsonMapper json = ApiJson.lenient();

    /** Of nodes that all vote. */
    FabricOperations(Vertx vertx, String node, StampedLog log, Supplier<Set<String>> present) {
        this(vertx, node, log, present, () -> NodeMembers.voters(log.current().state()));
    }

    /** @param voters who votes, by the names of their identities */
    FabricOperations(
            Vertx vertx, String node, StampedLog log, Supplier<Set<String>> present, Supplier<Set<String>> voters) {
        this.voters = voters;
        this.vertx = vertx;
        this.node = node;
        this.log = log;
        this.present = present;
    }

    Future<NodeView> fabric() {
        return latest().map(this::view);
    }

    private NodeView view(FabricState state) {
        return ComponentViews.fabric(state, node, present.get(), voters.get());
    }

    /** Takes a node out; success if it is no member. */
    Future<NodeView> dismiss(String name, String key) {
        RequestKey request = RequestKey.of(keyOr(key), List.of("dismiss", name));
        return latest().compose(state -> {
            if (!state.members().contains(name)) {
                return Future.succeededFuture(view(state));
            }
            requireMajorityWithout(state, name);
            return append(new FabricCommand.DismissMember(name), request).map(this::view);
        });
    }

    /** Those that stay must be able to agree; of a witness nobody here knows whether it is there. */
    private void requireMajorityWithout(FabricState state, String name) {
        Set<String> there = present.get();
        Set<String> stay = new TreeSet<>(state.members().present().keySet());
        stay.remove(name);
        Set<String> away = new TreeSet<>(stay);
        away.removeIf(member -> there.contains(member) || state.node(member).isEmpty());
        if (!stay.isEmpty() && 2 * (stay.size() - away.size()) <= stay.size()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot take node " + name + " out: of those that stay, " + String.join(", ", away)
                            + " would be missing for a majority",
                    "start it, or take it out first");
        }
    }

    /** A component, as the node that holds it sees it; as the log has it if that node does not answer. */
    Future<Object> component(String name) {
        return latest().compose(state -> {
            requireSwitch(state, name);
            return vertx.eventBus()
                    .<JsonObject>request(
                            ComponentVerticle.ADDRESS_PREFIX + name,
                            new JsonObject(),
                            new DeliveryOptions().setSendTimeout(COMPONENT_ANSWER_MILLIS))
                    .map(reply -> (Object) reply.body())
                    .otherwise(nobody -> ComponentViews.agreed(state, name, "its node does not answer"));
        });
    }

    Future<WantedTopology> topology() {
        return latest().map(state -> new WantedTopology(state.version(), json.valueToTree(state.topology())));
    }

    /** The wires that are wanted, and how the holders of their switches find them. */
    Future<List<WireView>> wires() {
        return latest().map(state -> state.wires().values().stream()
                .map(wire -> {
                    PortReport seen = state.observations().port(wire.name());
                    return new WireView(
                            wire.name(),
                            wire.id().toString(),
                            wire.component(),
                            wire.port(),
                            wire.endpoint() + "@" + wire.host(),
                            seen.up(),
                            seen.detail(),
                            seen.blockedFor());
                })
                .toList());
    }

    /**
     * Makes the network of a topology file the one that is wanted.
     *
     * @param origin how messages call the text
     * @param expected the version that it replaces; -1 for any
     * @param key the request's idempotency key; empty if it has none
     */
    Future<AppliedTopology> apply(String origin, String text, long expected, String key) {
        return apply(
                TopologyFile.parse(origin, text),
                expected,
                RequestKey.of(keyOr(key), List.of("apply", Long.toString(expected), text)));
    }

    /** Makes a switch without wires; success if it is wanted there already. */
    Future<AppliedTopology> createSwitch(String name, String on, String key) {
        return edit(RequestKey.of(keyOr(key), List.of("create", name, on)), EDITS, topology -> {
            SwitchSpec known = topology.switches().get(name);
            if (known != null && !known.node().equals(on)) {
                throw new WireException(
                        ErrorCode.ALREADY_EXISTS,
                        "there is a switch " + name + " already, which starts on " + known.node(),
                        "choose another name, or move that one");
            }
            return known != null ? topology : topology.withSwitch(name, new SwitchSpec(on, null, null));
        });
    }

    /** Removes a switch and its wires; success if there is none. */
    Future<AppliedTopology> removeSwitch(String name, String key) {
        return edit(
                RequestKey.of(keyOr(key), List.of("remove", name)), EDITS, topology -> topology.withoutSwitch(name));
    }

    /** Has a virtual machine's wires follow it, or not, when somebody else moves it. */
    Future<AppliedTopology> follow(String vm, VmPolicy policy, String key) {
        VmSpec wanted = new VmSpec(
                switch (policy.follow()) {
                    case VmPolicy.RARP -> VmSpec.Follow.RARP;
                    case VmPolicy.NEVER -> VmSpec.Follow.NEVER;
                    default ->
                        throw new WireException(
                                ErrorCode.BAD_REQUEST,
                                "a virtual machine's wires cannot follow it by '" + policy.follow() + "'",
                                "write rarp or never");
                },
                policy.places());
        return latest().compose(state -> {
            if (state.machines().vm(vm).isEmpty()) {
                throw new WireException(
                        ErrorCode.NOT_FOUND,
                        "there is no virtual machine " + vm,
                        "attach it first: wire vm attach " + vm + " --host HOST");
            }
            return edit(
                    RequestKey.of(keyOr(key), List.of("follow", vm, policy.toString())),
                    EDITS,
                    topology -> topology.withVm(vm, wanted));
        });
    }

    /** Changes what is wanted now, and again if somebody else was quicker. */
    private Future<AppliedTopology> edit(RequestKey request, int attempts, UnaryOperator<Topology> change) {
        return latest().compose(state -> {
                    Optional<FabricEvent> done = state.events().of(request.key(), APPLIED);
                    Topology wanted = done.isPresent() ? state.topology() : change.apply(state.topology());
                    return apply(wanted, state.version(), request);
                })
                .recover(failure -> {
                    boolean quicker =
                            failure instanceof WireException refused && refused.code() == ErrorCode.VERSION_CONFLICT;
                    return quicker && attempts > 1 ? edit(request, attempts - 1, change) : Future.failedFuture(failure);
                });
    }

    private Future<AppliedTopology> apply(Topology wanted, long expected, RequestKey request) {
        String nonce = UUID.randomUUID().toString();
        return append(new FabricCommand.ApplyTopology(expected, wanted, nonce), request)
                .map(state -> {
                    FabricEvent event = effect(state, request, APPLIED);
                    return new AppliedTopology(
                            event.version(),
                            List.copyOf(state.topology().switches().keySet()),
                            event.added(),
                            event.removed(),
                            Math.max(0, state.wires().size() - event.added().size()));
                });
    }

    /**
     * Has a move agreed on.
     *
     * @param to a node, or a cloud, one of whose nodes is chosen
     * @param expected the generation at which the component is to be; empty for any
     */
    Future<BegunMove> beginMove(String component, String to, OptionalLong expected, String key) {
        RequestKey request = RequestKey.of(
                key.isEmpty() ? UUID.randomUUID().toString() : key,
                List.of("migrate", component, to, expected.toString()));
        return latest().compose(state -> {
            requireSwitch(state, component);
            long highest = state.claim(component).map(Claim::highest).orElse(0L);
            Choice choice = chosen(state, component, to, request);
            return append(new FabricCommand.BeginMove(component, expected.orElse(highest), choice.place()), request)
                    .map(after -> effect(after, request, "component.moving"))
                    .map(event -> new BegunMove(event.generation(), event.node(), choice.why()));
        });
    }

    private Choice chosen(FabricState state, String component, String to, RequestKey request) {
        Optional<FabricEvent> begun = state.events().of(request.key(), "component.moving");
        Clouds clouds = new Clouds(state);
        if (begun.isPresent() || state.node(to).isPresent() || clouds.nodes(to).isEmpty()) {
            return new Choice(begun.map(FabricEvent::node).orElse(to), "");
        }
        if (clouds.ofComponent(component).equals(to)) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Cannot move " + component + " to cloud " + to + ": it is there already",
                    "");
        }
        return new NodeChoice(state, present.get()).of(component, to);
    }

    /**
     * Has a node emptied, and take nothing; or lets it take things again. What that comes to is seen by {@link #drain(String)}.
     *
     * @param draining which of both
     */
    Future<NodeDrain> drain(String name, boolean draining, String key) {
        RequestKey request = RequestKey.of(keyOr(key), List.of("drain", name, Boolean.toString(draining)));
        return append(new FabricCommand.DrainNode(name, draining), request).map(state -> drainOf(state, name));
    }

    /** How far the emptying of a node is. */
    Future<NodeDrain> drain(String name) {
        return latest().map(state -> {
            if (state.node(name).isEmpty()) {
                throw new WireException(
                        ErrorCode.NOT_FOUND,
                        "there is no node " + name,
                        "nodes are: " + String.join(", ", state.nodes().keySet()));
            }
            return drainOf(state, name);
        });
    }

    private static NodeDrain drainOf(FabricState state, String name) {
        return new NodeDrain(
                name,
                state.isDraining(name),
                state.claims().values().stream()
                        .filter(claim -> claim.owner().equals(name))
                        .map(Claim::component)
                        .toList(),
                state.machines().moves().keySet().stream()
                        .filter(vm -> state.machines()
                                .moving(vm)
                                .filter(move -> move.driver().equals(name))
                                .isPresent())
                        .toList());
    }

    private static FabricEvent effect(FabricState state, RequestKey request, String type) {
        return state.events()
                .of(request.key(), type)
                .orElseThrow(() -> new WireException(
                        ErrorCode.INTERNAL,
                        "Nothing came of what was agreed on as " + request.key(),
                        "Look at the fabric as it is now"));
    }

    /** Lets a feed know all that anybody has been told; without a majority it stays at what this node knows. */
    Future<?> heard(EventFeed feed) {
        return Future.fromCompletionStage(log.latest(), vertx.getOrCreateContext())
                .onSuccess(feed::agreed)
                .otherwiseEmpty();
    }

    private static String keyOr(String key) {
        return key.isEmpty() ? UUID.randomUUID().toString() : key;
    }

    private static void requireSwitch(FabricState state, String name) {
        if (!state.topology().switches().containsKey(name)) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "there is no switch " + name,
                    "switches are: "
                            + String.join(", ", state.topology().switches().keySet()));
        }
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
