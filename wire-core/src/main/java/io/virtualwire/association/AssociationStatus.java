package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.port.DropReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a daemon shares with one peer, as it is now.
 *
 * @param up whether there is a session to send on
 * @param address where datagrams go
 * @param way what carries them
 * @param roundTrip smoothed
 * @param pathMtu the largest datagram in use, as UDP payload
 * @param suspect whether a session is there but nothing has arrived for a while
 * @param drops what was dropped of this peer's datagrams and of those meant for it, and why
 * @param lanes in both directions, one for each pair of owner threads
 * @param passedOn datagrams and messages that one owner thread here has passed to another
 * @param withdrawn why the authority does not stand by what the peer proved last; empty if it does
 */
public record AssociationStatus(
        Identity peer,
        boolean up,
        Optional<String> address,
        Way way,
        Optional<Duration> roundTrip,
        int pathMtu,
        boolean suspect,
        List<SessionStatus> sessions,
        Map<DropReason, Long> drops,
        List<LaneStatus> lanes,
        long passedOn,
        Optional<String> withdrawn) {}
