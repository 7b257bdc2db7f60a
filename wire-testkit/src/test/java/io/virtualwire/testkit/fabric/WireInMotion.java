package io.virtualwire.testkit.fabric;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.SideStatus;
import java.time.Duration;

/**
 * One wire and its guests, whose sides move: what an orchestrator does, step by step.
 *
 * <pre>
 *   guest A ─ p1 (generation 1) ─┐            ┌─ q1 (generation 1) ─ guest B
 *             :  relay leg       ├── legs ────┤   :  relay leg
 *             p2 (generation 2) ─┘            └─ q2 (generation 2)
 * </pre>
 */
final class WireInMotion {
    final VirtualFabric fabric;
    final WireId wire;
    final VirtualDaemon p1;
    final VirtualDaemon p2;
    final VirtualDaemon q1;
    final VirtualDaemon q2;

    WireInMotion(VirtualFabric fabric) {
        this.fabric = fabric;
        this.wire = fabric.wire();
        p1 = fabric.daemon("p1");
        p2 = fabric.daemon("p2");
        q1 = fabric.daemon("q1");
        q2 = fabric.daemon("q2");
    }

    /** In a fabric of its own, in the weather of that seed. */
    static WireInMotion connected(long seed) {
        return new WireInMotion(new VirtualFabric(seed, Seeds.weather(seed))).connect();
    }

    /** Both guests are at their first places, and the wire carries frames. */
    WireInMotion connect() {
        fabric.place(wire, Side.A, p1);
        fabric.place(wire, Side.B, q1);
        p1.connect(side(Side.A, 1, Role.ACTIVE, q1, 1));
        q1.connect(side(Side.B, 1, Role.ACTIVE, p1, 1));
        require("agree", () -> isActive(p1, Side.A, 1) && isActive(q1, Side.B, 1));
        return this;
    }

    ConnectRequest side(Side side, long generation, Role role, VirtualDaemon peer, long peerGeneration) {
        return fabric.request(wire, side, generation, role, peer, peerGeneration, false);
    }

    /** Side A has a standby at p2, announced to q1 and p1. */
    void prepareA() {
        p2.connect(VirtualFabric.relayFrom(side(Side.A, 2, Role.STANDBY, q1, 1), p1, 1));
        p1.connect(VirtualFabric.relayTo(side(Side.A, 1, Role.ACTIVE, q1, 1), p2, 2));
        q1.connect(side(Side.B, 1, Role.ACTIVE, p2, 2));
    }

    /** The same, and all know of it. */
    void prepareAndAgreeA() {
        prepareA();
        require("prepare", this::isPreparedA);
    }

    /** Side B has a standby at q2, announced to p1 and q1. */
    void prepareB() {
        q2.connect(VirtualFabric.relayFrom(side(Side.B, 2, Role.STANDBY, p1, 1), q1, 1));
        q1.connect(VirtualFabric.relayTo(side(Side.B, 1, Role.ACTIVE, p1, 1), q2, 2));
        p1.connect(side(Side.A, 1, Role.ACTIVE, q2, 2));
    }

    /** Both sides have standbys; every old place and every new one knows both generations of the far side. */
    void prepareBoth() {
        p2.connect(VirtualFabric.relayFrom(side(Side.A, 2, Role.STANDBY, q1, 1), p1, 1));
        q2.connect(VirtualFabric.relayFrom(side(Side.B, 2, Role.STANDBY, p1, 1), q1, 1));
        p1.connect(VirtualFabric.relayTo(side(Side.A, 1, Role.ACTIVE, q1, 1), p2, 2));
        q1.connect(VirtualFabric.relayTo(side(Side.B, 1, Role.ACTIVE, p1, 1), q2, 2));
        p1.connect(side(Side.A, 1, Role.ACTIVE, q2, 2));
        q1.connect(side(Side.B, 1, Role.ACTIVE, p2, 2));
        p2.connect(VirtualFabric.relayFrom(side(Side.A, 2, Role.STANDBY, q2, 2), p1, 1));
        q2.connect(VirtualFabric.relayFrom(side(Side.B, 2, Role.STANDBY, p2, 2), q1, 1));
    }

    boolean isPreparedA() {
        return isPrepared(p2, Side.A);
    }

    boolean isPreparedB() {
        return isPrepared(q2, Side.B);
    }

    private boolean isPrepared(VirtualDaemon place, Side side) {
        SideStatus status = place.side(wire, side).orElseThrow();
        return status.peers().stream().allMatch(peer -> peer.leg().agreed())
                && status.relays().stream().allMatch(relay -> relay.leg().agreed());
    }

    /** p1 yields; the guest is at p2 a little later, and p2 activates in the same step. */
    void moveA() {
        move(Side.A, p1, p2);
    }

    void moveB() {
        move(Side.B, q1, q2);
    }

    private void move(Side side, VirtualDaemon from, VirtualDaemon to) {
        from.yieldSide(wire, side);
        fabric.guest(wire, side).moveTo(null);
        Duration handoff = Duration.ofNanos(fabric.random().nextInt(6_000_000));
        fabric.at(handoff, () -> {
            if (to.isUp()) {
                fabric.place(wire, side, to);
                to.activate(wire, side);
            }
        });
    }

    boolean isActive(VirtualDaemon place, Side side, long peerGeneration) {
        return place.side(wire, side)
                .map(status -> status.peers().stream()
                        .anyMatch(peer -> peer.state() == PeerState.ACTIVE
                                && peer.leg().agreed()
                                && peer.generation().number() == peerGeneration))
                .orElse(false);
    }

    void disconnect(VirtualDaemon place, Side side, long generation) {
        place.disconnect(wire, side, new Generation(generation, ""));
    }

    void require(String what, java.util.function.BooleanSupplier condition) {
        boolean done = fabric.runUntil(condition, Duration.ofSeconds(5));
        fabric.requireNoViolation();
        if (!done) {
            throw fabric.failure("did not " + what);
        }
    }
}
