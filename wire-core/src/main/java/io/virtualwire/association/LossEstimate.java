package io.virtualwire.association;

import io.virtualwire.wire.WirePath;

/**
 * How likely a datagram to the peer is to be lost, from what the peer says in its keep-alives of what it has heard.
 *
 * <p>Losses in a row count as one: they cost one frame, or a few, however long it is. What was seen counts half as much a second later.
 */
final class LossEstimate {
    private static final double HALVED_NANOS = 1e9;
    /** So few may as well be under way: overtaken, not lost. */
    private static final double NOT_WORTH_MENTIONING = 3;
    /** No more than one frame in so many is to be lost for being long. */
    private static final double RARE = 1 / 200.0;

    private boolean known;
    private int lastSeen;
    private int lastReceived;
    private int lastGaps;
    private long lastAt;
    private double seenOfLate;
    private double lostOfLate;

    /**
     * The peer has said what it has heard of a lane in all; each number goes on from zero after 2^32.
     *
     * @param seen how many counters were used, as far as it knows
     * @param received how many of those it has
     * @param gaps how often one or more in a row were missing when the next one came
     */
    void said(int seen, int received, int gaps, long now) {
        int used = seen - lastSeen;
        int missing = used - (received - lastReceived);
        int apart = gaps - lastGaps;
        boolean follows = known && used >= 0 && apart >= 0 && Math.abs(missing) <= used + ReplayWindow.SPAN;
        double kept = Math.pow(0.5, (now - lastAt) / HALVED_NANOS);
        known = true;
        lastSeen = seen;
        lastReceived = received;
        lastGaps = gaps;
        lastAt = now;
        if (!follows) {
            // Another session, or the first word.
            return;
        }
        seenOfLate = seenOfLate * kept + used;
        lostOfLate = Math.max(0, lostOfLate * kept + Math.min(missing, apart));
    }

    /** Of how many datagrams a frame should consist at most. */
    int datagramsPerFrame() {
        if (lostOfLate < NOT_WORTH_MENTIONING) {
            return WirePath.ANY_DATAGRAMS;
        }
        double most = RARE * seenOfLate / lostOfLate;
        return (int) Math.clamp(most, 1, WirePath.ANY_DATAGRAMS);
    }
}
