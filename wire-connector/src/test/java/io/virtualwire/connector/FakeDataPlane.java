package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.port.DropReason;
import io.virtualwire.stack.StackDrops;
import io.virtualwire.wire.ActivationCause;
import io.virtualwire.wire.HoldStatistics;
import io.virtualwire.wire.LegStatus;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideActivation;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A data plane that remembers and carries nothing. */
final class FakeDataPlane implements DataPlane {
    /** Whether far ends of wires that are connected from now on answer. */
    boolean heard = true;

    private final Map<SideKey, SideStatus> sides = new ConcurrentHashMap<>();

    @Override
    public int port() {
        return 7471;
    }

    @Override
    public SideStatus connect(String tenant, ConnectRequest request, Role role) {
        SideStatus status = new SideStatus(
                request.wire(),
                request.side(),
                request.generation(),
                tenant + "/" + request.endpoint(),
                true,
                request.options(),
                role == Role.ACTIVE ? SideState.ACTIVE : SideState.STANDBY,
                false,
                Optional.of(new SideActivation(ActivationCause.ANNOUNCEMENT, 1_200_000, 2_500_000)),
                List.of(peer(request.peer())),
                List.of(),
                0,
                new SideCounters(1, 2, 3, 4, 5, 6, 7, 8),
                new HoldStatistics(0, 0, 0, 0, 0),
                Map.of(DropReason.REPLAYED, 9L));
        sides.put(new SideKey(tenant, request.wire(), request.side()), status);
        return status;
    }

    @Override
    public void disconnect(SideKey key, Generation generation) {
        sides.remove(key);
    }

    @Override
    public SideStatus activate(SideKey key) {
        return in(SideState.ACTIVE, key);
    }

    @Override
    public SideStatus yieldSide(SideKey key) {
        assertThat(sides.get(key).state()).as("only an active side can yield").isEqualTo(SideState.ACTIVE);
        return in(SideState.YIELDED, key);
    }

    @Override
    public Optional<SideStatus> side(SideKey key) {
        return Optional.ofNullable(sides.get(key));
    }

    @Override
    public List<SideStatus> sides(String tenant) {
        return sides.entrySet().stream()
                .filter(it -> it.getKey().tenant().equals(tenant))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public List<AssociationStatus> associations() {
        return List.of();
    }

    @Override
    public StackDrops drops() {
        return new StackDrops(Map.of(), Map.of(), Map.of(DropReason.UNDERLAY_OVERFLOW, 3L), 1);
    }

    @Override
    public void close() {}

    private SideStatus in(SideState state, SideKey key) {
        SideStatus now = sides.get(key);
        SideStatus then = new SideStatus(
                now.wire(),
                now.side(),
                now.generation(),
                now.endpoint(),
                now.portPresent(),
                now.options(),
                state,
                false,
                now.activation(),
                now.peers(),
                now.relays(),
                0,
                now.counters(),
                now.holds(),
                now.drops());
        sides.put(key, then);
        return then;
    }

    private PeerStatus peer(PeerDescription peer) {
        return new PeerStatus(
                peer.identity(),
                peer.generation(),
                PeerState.ACTIVE,
                peer.paths(),
                new LegStatus(heard, heard, false, heard ? 1400 : 0),
                0,
                0,
                0);
    }
}
