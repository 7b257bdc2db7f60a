package io.virtualwire.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.component.SwitchComponent;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.stack.WireStack;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Where the switch may be: a stack, an instance of it, and a side of each guest's wire. */
final class Place {
    final WireStack stack;
    private final SwitchComponent component;

    Place(TenantAuthority tenant, String name, List<Guest> guests) {
        stack = Guest.stack(tenant, name);
        component = new SwitchComponent("lan", stack.loop());
        guests.forEach(guest -> WireStack.await(stack.inOneStep(engine -> {
            engine.addPort(endpoint(guest), component.addPort(endpoint(guest)), Activation.BY_COMMAND);
            return true;
        })));
    }

    List<String> paths() {
        return List.of("127.0.0.1:" + stack.port());
    }

    /** Its side of this guest's wire, again if it has changed. */
    void connect(
            Guest guest,
            Generation generation,
            Role role,
            Optional<RelayDescription> relayTo,
            Optional<RelayDescription> relayFrom) {
        WireStack.await(stack.connect(new ConnectRequest(
                guest.wire,
                Side.A,
                generation,
                endpoint(guest),
                new PeerDescription(
                        guest.stack.identity(),
                        new Generation(1, ""),
                        List.of("127.0.0.1:" + guest.stack.port()),
                        false),
                new ConnectOptions(role, false),
                relayTo,
                relayFrom)));
    }

    boolean agreed(Guest guest) {
        return is(guest, SideStatus::agreed);
    }

    /** Whether this place could take the switch over, and frames that still arrive at the other would come here. */
    boolean prepared(Guest guest) {
        return is(guest, side -> side.agreed() && relayAgreed(side));
    }

    /** Whether the other place listens to what is relayed from here. */
    boolean relays(Guest guest) {
        return is(guest, Place::relayAgreed);
    }

    private static boolean relayAgreed(SideStatus side) {
        return side.relays().stream().anyMatch(relay -> relay.leg().agreed());
    }

    private boolean is(Guest guest, Predicate<SideStatus> condition) {
        return WireStack.await(stack.side(guest.wire, Side.A)).filter(condition).isPresent();
    }

    /** Starts with what the other place knew, in one step. */
    void decide(JsonNode known, List<Guest> guests) {
        WireStack.await(stack.inOneStep(engine -> {
            component.startDeciding(known);
            guests.forEach(guest -> engine.activate(guest.wire, Side.A));
            return true;
        }));
    }

    /** Stops, in one step; what it knows. */
    JsonNode yield(List<Guest> guests) {
        return WireStack.await(stack.inOneStep(engine -> {
            JsonNode known = component.stopDeciding();
            guests.forEach(guest -> engine.yieldSide(guest.wire, Side.A));
            return known;
        }));
    }

    void disconnect(Guest guest, Generation generation) {
        WireStack.await(stack.disconnect(guest.wire, Side.A, generation));
    }

    @Override
    public String toString() {
        return WireStack.await(stack.sides()) + " " + WireStack.await(stack.associations()) + " "
                + WireStack.await(stack.drops());
    }

    private static String endpoint(Guest guest) {
        return guest.wire.toString();
    }
}
