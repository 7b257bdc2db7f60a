package io.virtualwire.association;

import io.virtualwire.transport.UnderlayAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One lane, and the path that it takes, as it is now.
 *
 * @param thread which of the owner threads here, counted from 0
 * @param peerThread which of the peer's
 * @param address where datagrams go; none if they take the control stream
 * @param roundTrip smoothed
 * @param pathMtu the largest datagram in use, as UDP payload
 * @param used whether frames go this way; else they go by the first thread's first lane
 * @param sent datagrams, in the present session
 * @param received authentic datagrams on the lane back, in the present session
 */
public record LaneStatus(
        int thread,
        int peerThread,
        Optional<String> address,
        Optional<Duration> roundTrip,
        int pathMtu,
        boolean used,
        long sent,
        long received) {

    static LaneStatus of(int thread, int channel, Path path, boolean used, Strand strand) {
        long rtt = path.roundTrip().nanos();
        return new LaneStatus(
                thread,
                channel,
                Optional.ofNullable(path.remote())
                        .filter(_ -> !path.isByStream())
                        .map(UnderlayAddress::toString),
                rtt < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(rtt)),
                path.mtu().size(),
                used,
                strand.sendLane(channel).sent(),
                strand.receiveLane(channel).received());
    }
}
