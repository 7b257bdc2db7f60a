package io.virtualwire.wire;

/**
 * What passed through a side record so far.
 *
 * @param framesOut frames taken from the port and sent
 * @param framesIn frames given to the port
 * @param framesRelayed frames sent on to the successor's place
 * @param lateRelayed frames that came over the relay leg after the hold was opened; given to the port all the same
 */
public record SideCounters(
        long framesOut,
        long bytesOut,
        long segmentsOut,
        long framesIn,
        long bytesIn,
        long segmentsIn,
        long framesRelayed,
        long lateRelayed) {}
