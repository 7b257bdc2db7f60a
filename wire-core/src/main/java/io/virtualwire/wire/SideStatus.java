package io.virtualwire.wire;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One side record as it is now: what {@code wire show} shows.
 *
 * @param portPresent whether the endpoint's port is there; without it frames for it are dropped and counted
 * @param superseded whether a far end has heard a higher generation of this side; then it is mute for ever
 * @param activation how it became active; empty if it never has, or if another process of this daemon saw that
 * @param peers the generations of the far side, lowest first
 * @param relays relay legs to or from other places of this side
 * @param parkedFrames frames that wait for {@code activate} (standby) or for the relay leg (yielded)
 * @param drops what was dropped, by reason; reasons that did not occur are left out
 */
public record SideStatus(
        WireId wire,
        Side side,
        Generation generation,
        String endpoint,
        boolean portPresent,
        ConnectOptions options,
        SideState state,
        boolean superseded,
        Optional<SideActivation> activation,
        List<PeerStatus> peers,
        List<RelayStatus> relays,
        int parkedFrames,
        SideCounters counters,
        HoldStatistics holds,
        Map<DropReason, Long> drops) {
    public SideStatus {
        peers = List.copyOf(peers);
        relays = List.copyOf(relays);
        drops = Map.copyOf(drops);
    }

    /** Whether the leg to some generation of the far side is agreed. */
    public boolean agreed() {
        return peers.stream().anyMatch(peer -> peer.leg().agreed());
    }

    /** Whether the leg to that generation of the far side is agreed which is active, and not just to one that stands by. */
    public boolean agreedWithActive() {
        return peers.stream()
                .anyMatch(peer -> peer.state() == PeerState.ACTIVE && peer.leg().agreed());
    }
}
