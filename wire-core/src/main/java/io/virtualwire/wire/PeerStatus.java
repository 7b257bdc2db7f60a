package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import java.util.List;

/**
 * One generation of the far side, as a side record sees it.
 *
 * @param paths where it was said to be reachable
 * @param sentFrames frames sent to it
 * @param receivedFrames frames received from it, relayed ones included
 * @param heldFrames frames of it that wait now until frames of an earlier route have come
 */
public record PeerStatus(
        Identity identity,
        Generation generation,
        PeerState state,
        List<String> paths,
        LegStatus leg,
        long sentFrames,
        long receivedFrames,
        int heldFrames) {
    public PeerStatus {
        paths = List.copyOf(paths);
    }
}
