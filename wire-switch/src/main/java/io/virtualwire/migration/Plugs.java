package io.virtualwire.migration;

import io.virtualwire.component.Component;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wires plugged into one component on this node, and the sides that this node and the hosts hold of them. */
final class Plugs {
    private static final Logger LOG = LoggerFactory.getLogger(Plugs.class);

    private final KeeperContext context;
    private final Component component;
    private final Map<String, Plug> plugs = new TreeMap<>();

    /** A wire, and what was last asked of the engine for this node's side of it. */
    private record Plug(WireRecord wire, ConnectRequest own) {}

    Plugs(KeeperContext context, Component component) {
        this.context = context;
        this.component = component;
    }

    List<ComponentPort> ports() {
        return plugs.values().stream().map(plug -> port(plug.wire())).toList();
    }

    List<WireRecord> wires() {
        return plugs.values().stream().map(Plug::wire).toList();
    }

    static ComponentPort port(WireRecord wire) {
        return new ComponentPort(wire.id(), Side.A);
    }

    /**
     * Connects this node's side of the wire, in a way that suits a repeat, and says what the host's side is to be.
     *
     * @param role as the side begins; stays what it was when the side is there already
     * @param fence whether the host shuts lower generations out
     * @return false if the engine refused it; to be repeated
     */
    boolean plug(WireRecord wire, Generation generation, Role role, boolean fence, Optional<RelayDescription> from) {
        Plug known = plugs.get(wire.name());
        boolean same = known != null
                && known.wire().id().equals(wire.id())
                && known.own().generation().equals(generation);
        ConnectOptions options = same && known != null ? known.own().options() : new ConnectOptions(role, wire.plain());
        ConnectRequest own = new ConnectRequest(
                wire.id(),
                Side.A,
                generation,
                endpoint(wire),
                peer(same ? known : null, farPlace(wire), wire.fenced()),
                options,
                same && known != null ? known.own().relayTo() : Optional.empty(),
                same && known != null ? known.own().relayFrom() : from);
        List<WirePlace> ahead = wire.ahead();
        ConnectRequest goal = ahead.isEmpty() ? own : withPeer(own, peer(same ? known : null, ahead.getLast(), false));
        if (known != null && known.own().equals(goal) && known.wire().equals(wire)) {
            return true;
        }
        if (known != null && !known.wire().id().equals(wire.id())) {
            unplug(known.wire().name());
        }
        context.wires().addPort(endpoint(wire), component.addPort(wire.port()));
        if (!connect(wire, own)) {
            return false;
        }
        Map<WirePlace, ConnectRequest> standbys = new LinkedHashMap<>();
        for (WirePlace place : ahead) {
            ConnectRequest expecting = withPeer(own, peer(plugs.get(wire.name()), place, false));
            if (!expecting.equals(own) && !connect(wire, expecting)) {
                return false;
            }
            standbys.put(place, standby(wire, place, generation, fence));
        }
        context.farEnds().want(wire, farSide(wire, generation, fence));
        context.farEnds().wantAhead(wire, standbys);
        return true;
    }

    private static WirePlace farPlace(WireRecord wire) {
        return new WirePlace(wire.host(), wire.hostSpec(), wire.farGeneration());
    }

    /** The far side there, unless a higher one has been announced already: that cannot be taken back. */
    private PeerDescription peer(@Nullable Plug known, WirePlace place, boolean fence) {
        if (known != null && known.own().peer().generation().isAfter(place.sideGeneration())) {
            return known.own().peer();
        }
        return new PeerDescription(
                identity(place),
                place.sideGeneration(),
                context.near().apply(place.hostSpec()).wirePaths(),
                fence);
    }

    private Identity identity(WirePlace place) {
        return place.hostSpec().identityOf(context.tenant(), place.host());
    }

    private static ConnectRequest withPeer(ConnectRequest own, PeerDescription peer) {
        return new ConnectRequest(
                own.wire(),
                own.side(),
                own.generation(),
                own.endpoint(),
                peer,
                own.options(),
                own.relayTo(),
                own.relayFrom());
    }

    /** Tells every side to whom it relays once it has yielded. */
    void relayTo(NodeRecord successor, Generation generation) {
        Optional<RelayDescription> to =
                Optional.of(new RelayDescription(successor.identity(), generation, successor.wirePaths()));
        for (Plug plug : new ArrayList<>(plugs.values())) {
            ConnectRequest own = plug.own();
            if (!own.relayTo().equals(to)) {
                connect(
                        plug.wire(),
                        new ConnectRequest(
                                own.wire(),
                                own.side(),
                                own.generation(),
                                own.endpoint(),
                                own.peer(),
                                own.options(),
                                to,
                                own.relayFrom()));
            }
        }
    }

    /** Removes this node's side of a wire, with its port. */
    void unplug(String name) {
        Plug plug = plugs.remove(name);
        if (plug != null) {
            context.wires().disconnect(port(plug.wire()), plug.own().generation());
            context.wires().removePort(endpoint(plug.wire()));
            component.removePort(plug.wire().port());
            context.farEnds().forget(plug.wire().id());
        }
    }

    void unplugAll() {
        List.copyOf(plugs.keySet()).forEach(this::unplug);
    }

    /** Has those far sides that somebody else disconnected brought back: under higher generations, which the log gives out. */
    void renewFarSides() {
        for (Plug plug : plugs.values()) {
            WireRecord wire = plug.wire();
            context.farEnds()
                    .status(wire.id())
                    .disconnectedAt()
                    .filter(over -> !wire.farSideGeneration().isAfter(over))
                    .ifPresent(over -> context.proposals()
                            .accept(new FabricCommand.RenewFarSide(wire.id(), wire.farGeneration(), over.number())));
        }
    }

    /** Whether every host has been heard about its side, be it that it is not there. */
    boolean farEndsSettled() {
        return plugs.values().stream()
                .map(plug -> plug.wire().id())
                .allMatch(wire -> context.farEnds().status(wire).isSettled()
                        && context.farEnds().aheadStatus(wire).isSettled());
    }

    private boolean connect(WireRecord wire, ConnectRequest own) {
        try {
            context.wires().connect(own);
            plugs.put(wire.name(), new Plug(wire, own));
            return true;
        } catch (WireException refused) {
            LOG.warn("Cannot connect this node's side of {}: {}", wire.name(), refused.getMessage());
            return false;
        }
    }

    private ConnectRequest farSide(WireRecord wire, Generation generation, boolean fence) {
        return farSide(
                wire,
                wire.farSideGeneration(),
                generation,
                fence,
                wire.arrived() ? Role.STANDBY : Role.ACTIVE,
                onward(wire).map(to -> relay(to, wire.hostSpec())),
                wire.last().map(from -> relay(from, wire.hostSpec())));
    }

    /** Where the far side relays to once it has yielded; not known beforehand of what may appear at one of several places. */
    private static Optional<WirePlace> onward(WireRecord wire) {
        List<WirePlace> ahead = wire.ahead();
        return wire.next().or(() -> ahead.size() == 1 ? Optional.of(ahead.getFirst()) : Optional.empty());
    }

    private ConnectRequest standby(WireRecord wire, WirePlace place, Generation generation, boolean fence) {
        return farSide(
                wire,
                place.sideGeneration(),
                generation,
                fence,
                Role.STANDBY,
                Optional.empty(),
                Optional.of(relay(farPlace(wire), place.hostSpec())));
    }

    /** The side there, as the connector of another host reaches it. */
    private RelayDescription relay(WirePlace place, HostSpec from) {
        return new RelayDescription(
                identity(place),
                place.sideGeneration(),
                place.hostSpec().seenFrom(from.network()).wirePaths());
    }

    private ConnectRequest farSide(
            WireRecord wire,
            Generation farGeneration,
            Generation generation,
            boolean fence,
            Role role,
            Optional<RelayDescription> to,
            Optional<RelayDescription> from) {
        NodeRecord self = context.self();
        return new ConnectRequest(
                wire.id(),
                Side.B,
                farGeneration,
                wire.endpoint(),
                new PeerDescription(self.identity(), generation, self.wirePaths(), fence),
                new ConnectOptions(role, wire.plain()),
                to,
                from);
    }

    private static String endpoint(WireRecord wire) {
        return wire.component() + "." + wire.port();
    }
}
