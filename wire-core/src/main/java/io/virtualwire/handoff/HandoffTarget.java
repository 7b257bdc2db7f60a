package io.virtualwire.handoff;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;

/**
 * The instance that is to decide next: the new place of a handoff, or of a takeover.
 *
 * <p>Whoever makes one has connected the ports' sides as standby and told the far ends and the old node of it. Once it decides, a
 * {@link HandoffSource} takes its place.
 */
public final class HandoffTarget {
    private final String component;
    private final Generation generation;
    private final Optional<Identity> predecessor;
    private final List<ComponentPort> ports;
    private final ComponentInstance instance;
    private final HandoffWires wires;
    private final HandoffObserver observer;

    private InstanceState state = InstanceState.PREPARING;

    /** @param predecessor the node that decides now; empty if there is none to hand over, so that only a takeover is possible */
    public HandoffTarget(
            String component,
            Generation generation,
            Optional<Identity> predecessor,
            List<ComponentPort> ports,
            ComponentInstance instance,
            HandoffWires wires,
            HandoffObserver observer) {
        this.component = component;
        this.generation = generation;
        this.predecessor = predecessor;
        this.ports = List.copyOf(ports);
        this.instance = instance;
        this.wires = wires;
        this.observer = observer;
    }

    public InstanceState state() {
        return state;
    }

    public Generation generation() {
        return generation;
    }

    /** Looks whether everything is agreed, or says again that it is; to be called when the sides were connected, and now and then. */
    public void check() {
        if (state == InstanceState.PREPARED) {
            sayPrepared();
        } else if (state == InstanceState.PREPARING
                && predecessor.isPresent()
                && ports.stream().allMatch(port -> relayed(port) && answered(port))) {
            state = InstanceState.PREPARED;
            observer.happened(new HandoffEvent.Prepared(component, generation));
            sayPrepared();
        }
    }

    /** The ports whose far ends this one waits for; none if it waits for nothing, or not for far ends. */
    public List<ComponentPort> unanswered() {
        return state == InstanceState.PREPARING && ports.stream().allMatch(this::relayed)
                ? ports.stream().filter(port -> !answered(port)).toList()
                : List.of();
    }

    /**
     * Says to the old instance which far ends do not answer here, so that it hands over without those that do not answer it either; to
     * be called now and then when all that live had time enough.
     */
    public void offerWithoutUnanswered() {
        List<WireId> except = unanswered().stream().map(ComponentPort::wire).toList();
        if (!except.isEmpty()) {
            predecessor.ifPresent(
                    node -> wires.tell(node, new PeerMessage.PreparedExcept(component, generation, except, true)));
        }
    }

    /** To be called with everything the engine tells. */
    public void happened(SideEvent event) {
        boolean mine =
                event.generation().equals(generation) && ports.contains(new ComponentPort(event.wire(), event.side()));
        if (mine && event instanceof SideEvent.Superseded) {
            // A far end has heard of a higher claim: this one never starts deciding.
            callOff();
        } else if (mine && (event instanceof SideEvent.Agreed || event instanceof SideEvent.RelayAgreed)) {
            check();
        }
    }

    /** To be called with everything nodes say. */
    public void told(Identity from, PeerMessage message) {
        if (!from.equals(predecessor.orElse(null))) {
            return;
        }
        switch (message) {
            case PeerMessage.Handoff(String name, Generation to, JsonNode known)
            when isMine(name, to) -> {
                decide(known, false);
                if (state == InstanceState.DECIDING) {
                    wires.tell(from, new PeerMessage.HandoffAck(component, generation));
                }
            }
            case PeerMessage.CalledOff(String name, Generation to, boolean promised)
            when isMine(name, to) -> {
                if (promised) {
                    callOff();
                } else {
                    observer.happened(new HandoffEvent.CalledOff(component, generation, false));
                }
            }
            default -> {}
        }
    }

    /** A session to this node came up: what it may not have heard is said again. */
    public void sessionUp(Identity node) {
        if (state == InstanceState.PREPARED && node.equals(predecessor.orElse(null))) {
            sayPrepared();
        }
    }

    /** Asks the old instance to call the move off; the answer is told as an event. False if it cannot be asked now. */
    public boolean askToCallOff() {
        return waits()
                && predecessor
                        .map(node -> wires.tell(node, new PeerMessage.CallOff(component, generation)))
                        .orElse(false);
    }

    /** Decides without the old instance's help. Only when every far end in reach has confirmed the fence. */
    public void takeOver(JsonNode replicated) {
        decide(replicated, true);
    }

    /** The move is off: promised by the old instance, or overtaken by a higher claim before this one decided. */
    public void callOff() {
        if (waits()) {
            state = InstanceState.RETIRED;
            ports.forEach(port -> wires.disconnect(port, generation));
            observer.happened(new HandoffEvent.CalledOff(component, generation, true));
            observer.happened(new HandoffEvent.Retired(component, generation));
        }
    }

    private boolean waits() {
        return state == InstanceState.PREPARING || state == InstanceState.PREPARED;
    }

    private boolean isMine(String name, Generation to) {
        return name.equals(component) && to.equals(generation);
    }

    private boolean relayed(ComponentPort port) {
        return standby(port)
                .filter(status -> status.relays().stream()
                        .anyMatch(relay -> !relay.outgoing() && relay.leg().agreed()))
                .isPresent();
    }

    private boolean answered(ComponentPort port) {
        return standby(port).filter(SideStatus::agreedWithActive).isPresent();
    }

    private Optional<SideStatus> standby(ComponentPort port) {
        return wires.status(port)
                .filter(status -> status.generation().equals(generation) && status.state() == SideState.STANDBY);
    }

    private void decide(JsonNode known, boolean takeover) {
        if (waits()) {
            instance.startDeciding(known);
            state = InstanceState.DECIDING;
            ports.forEach(wires::activate);
            observer.happened(new HandoffEvent.Decided(component, generation, takeover));
        }
    }

    private void sayPrepared() {
        predecessor.ifPresent(node -> wires.tell(node, new PeerMessage.Prepared(component, generation)));
    }
}
