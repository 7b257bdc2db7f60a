package io.virtualwire.handoff;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireId;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The instance that decides, until another does: the old place of a handoff.
 *
 * <p>Yields once and never decides again; a component that is to come back here does so as a new instance, under a higher
 * generation.
 */
public final class HandoffSource {
    private static final Duration REPEAT = Duration.ofMillis(100);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

    private final String component;
    private final Generation generation;
    private final List<ComponentPort> ports;
    private final ComponentInstance instance;
    private final HandoffWires wires;
    private final Loop loop;
    private final HandoffObserver observer;
    private final Set<ComponentPort> undrained;
    private final Set<Generation> calledOff = new HashSet<>();

    private InstanceState state = InstanceState.DECIDING;
    private @Nullable Successor successor;
    private @Nullable Handover handover;
    private boolean succeeded;
    private boolean drainOver;

    /** Whom the log has named, and whether it said that it is ready. */
    private record Successor(Identity node, Generation generation, boolean prepared) {}

    /** What was handed to whom; kept to be said again. */
    private record Handover(Identity node, PeerMessage.Handoff message, boolean acknowledged) {}

    public HandoffSource(
            String component,
            Generation generation,
            List<ComponentPort> ports,
            ComponentInstance instance,
            HandoffWires wires,
            Loop loop,
            HandoffObserver observer) {
        this.component = component;
        this.generation = generation;
        this.ports = List.copyOf(ports);
        this.instance = instance;
        this.wires = wires;
        this.loop = loop;
        this.observer = observer;
        this.undrained = new HashSet<>(this.ports);
    }

    public InstanceState state() {
        return state;
    }

    public Generation generation() {
        return generation;
    }

    /** The log has named a successor; relay legs to it are being made. A repeat, or one that is not higher, changes nothing. */
    public void successorNamed(Identity node, Generation higher) {
        if (higher.isAfter(generation) && (successor == null || higher.isAfter(successor.generation()))) {
            successor = new Successor(node, higher, false);
        }
    }

    /** The log says that {@code higher} holds the component: this instance goes as soon as its frames are drained. */
    public void succeededBy(Generation higher) {
        if (!higher.isAfter(generation)) {
            return;
        }
        succeeded = true;
        supersede();
        retireIfDone();
    }

    /** To be called with everything the engine tells. */
    public void happened(SideEvent event) {
        ComponentPort port = new ComponentPort(event.wire(), event.side());
        if (!ports.contains(port) || !event.generation().equals(generation)) {
            return;
        }
        switch (event) {
            case SideEvent.Superseded _ -> supersede();
            case SideEvent.RelayAgreed _ -> handOverIfReady();
            case SideEvent.Drained _, SideEvent.Disconnected _ -> {
                undrained.remove(port);
                retireIfDone();
            }
            default -> {}
        }
    }

    /** To be called with everything nodes say. */
    public void told(Identity from, PeerMessage message) {
        switch (message) {
            case PeerMessage.Prepared(String name, Generation higher)
            when expects(name, from, higher) -> {
                successor = new Successor(from, higher, true);
                handOverIfReady();
                repeatHandover(from);
            }
            case PeerMessage.PreparedExcept(String name, Generation higher, List<WireId> silent, boolean _)
            when expects(name, from, higher) -> {
                // Guests that this instance reaches, and the other does not, would lose their network.
                if (silent.stream().noneMatch(this::answers)) {
                    handOver(successor);
                }
                repeatHandover(from);
            }
            case PeerMessage.CallOff(String name, Generation higher)
            when name.equals(component) -> callOff(from, higher);
            case PeerMessage.HandoffAck(String name, Generation higher)
            when name.equals(component)
                    && handover != null
                    && handover.node().equals(from)
                    && handover.message().generation().equals(higher) ->
                handover = new Handover(from, handover.message(), true);
            default -> {}
        }
    }

    /** A session to this node came up: what it may not have heard is said again. */
    public void sessionUp(Identity node) {
        repeatHandover(node);
    }

    /** Whether it is that node's instance of that generation to which it is to hand over. */
    public boolean expects(String name, Identity from, Generation higher) {
        return name.equals(component)
                && successor != null
                && successor.node().equals(from)
                && successor.generation().equals(higher);
    }

    private void handOverIfReady() {
        if (successor != null && successor.prepared()) {
            handOver(successor);
        }
    }

    private void handOver(@Nullable Successor to) {
        if (state != InstanceState.DECIDING
                || to == null
                || calledOff.contains(to.generation())
                || !relaysAgreed(to.generation())) {
            return;
        }
        JsonNode known = stop();
        handover = new Handover(to.node(), new PeerMessage.Handoff(component, to.generation(), known), false);
        handOverAgain();
        observer.happened(new HandoffEvent.HandedOver(component, generation, to.generation()));
    }

    /** Whether the far end that frames of this wire go to has been heard lately, or, if there is none yet, any that is announced. */
    private boolean answers(WireId wire) {
        List<PeerStatus> peers = ports.stream()
                .filter(port -> port.wire().equals(wire))
                .flatMap(port -> wires.status(port).stream())
                .flatMap(status -> status.peers().stream())
                .toList();
        PeerState meant = peers.stream().anyMatch(peer -> peer.state() == PeerState.ACTIVE)
                ? PeerState.ACTIVE
                : PeerState.EXPECTED;
        return peers.stream()
                .anyMatch(peer -> peer.state() == meant && !peer.leg().silent());
    }

    private boolean relaysAgreed(Generation to) {
        return ports.stream()
                .allMatch(port -> wires.status(port)
                        .map(status -> status.relays().stream()
                                .anyMatch(relay -> relay.outgoing()
                                        && relay.generation().equals(to)
                                        && relay.leg().agreed()))
                        .orElse(false));
    }

    private void callOff(Identity from, Generation higher) {
        boolean yieldedToIt =
                handover != null && handover.message().generation().equals(higher);
        if (!yieldedToIt) {
            calledOff.add(higher);
        }
        wires.tell(from, new PeerMessage.CalledOff(component, higher, !yieldedToIt));
        observer.happened(new HandoffEvent.CallOffAnswered(component, generation, higher, !yieldedToIt));
    }

    private void supersede() {
        if (state == InstanceState.DECIDING) {
            stop();
            observer.happened(new HandoffEvent.Superseded(component, generation));
        }
    }

    /** One step of the owner thread: nothing is decided by two, and nothing falls between them. */
    private JsonNode stop() {
        JsonNode known = instance.stopDeciding();
        ports.forEach(wires::yield);
        state = InstanceState.YIELDED;
        loop.schedule(DRAIN_LIMIT, () -> {
            drainOver = true;
            retireIfDone();
        });
        return known;
    }

    /** While it is not acknowledged nobody decides, so it is said again soon; a session may end with what it carried. */
    private void handOverAgain() {
        if (handover != null && !handover.acknowledged() && state == InstanceState.YIELDED) {
            repeatHandover(handover.node());
            loop.schedule(REPEAT, this::handOverAgain);
        }
    }

    private void repeatHandover(Identity node) {
        if (handover != null && !handover.acknowledged() && handover.node().equals(node)) {
            wires.tell(node, handover.message());
        }
    }

    private void retireIfDone() {
        if (state == InstanceState.YIELDED && succeeded && (drainOver || undrained.isEmpty())) {
            state = InstanceState.RETIRED;
            ports.forEach(port -> wires.disconnect(port, generation));
            observer.happened(new HandoffEvent.Retired(component, generation));
        }
    }
}
