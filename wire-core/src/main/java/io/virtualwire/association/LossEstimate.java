package io.virtualwire.association;

import io.virtualwire.wire.WirePath;

/**
 * How likely a datagram to the peer is to be lost, from what the peer says in its keep-alives of what it has heard.
 *
 * <p>Losses in a row count as one: they cost one frame, or a few, however long it is. Of what was seen lately and of what was seen for
 * a while the worse counts: when losses begin much that was whole has just passed, and when a flow pauses they have not ended.
 */
final class LossEstimate {
    /** So few may as well be under way: overtaken, not lost. */
    private static final double NOT_WORTH_MENTIONING = 3;
    /** No more than one frame in so many is to be lost for being long. */
    private static final double RARE = 1 / 200.0;

    private boolean known;
    private int lastSeen;
    private int lastReceived;
    private int lastGaps;
    private long lastTwice;
    private long lastAt;
    private final Share lately = new Share(0.25e9);
    private final Share forAWhile = new Share(1.5e9);

    /**
     * The peer has said what it has heard of a lane in all; each number goes on from zero after 2^32.
     *
     * @param seen how many counters were used, as far as it knows
     * @param received how many of those it has
     * @param gaps how often one or more in a row were missing when the next one came
     * @param twice of how many this end has sent a second copy, in all; of those hardly any is lost
     */
    void said(int seen, int received, int gaps, long twice, long now) {
        int used = seen - lastSeen;
        int missing = used - (received - lastReceived);
        int apart = gaps - lastGaps;
        boolean follows = known && used >= 0 && apart >= 0 && Math.abs(missing) <= used + ReplayWindow.SPAN;
        long passed = now - lastAt;
        known = true;
        lastSeen = seen;
        lastReceived = received;
        lastGaps = gaps;
        lastAt = now;
        long copied = twice - lastTwice;
        lastTwice = twice;
        if (!follows) {
            // Another session, or the first word.
            return;
        }
        // Only about, since what was sent is ahead of what was heard. Before each that has a copy there is one that has
        // none.
        int once = used - Math.clamp(copied, 0, used / 2);
        int lost = Math.min(missing, apart);
        lately.add(once, lost, passed);
        forAWhile.add(once, lost, passed);
    }

    /** Of how many datagrams a frame should consist at most. */
    int datagramsPerFrame() {
        double lost = Math.max(lately.lost(), forAWhile.lost());
        return lost == 0 ? WirePath.ANY_DATAGRAMS : (int) Math.clamp(RARE / lost, 1, WirePath.ANY_DATAGRAMS);
    }

    /** What part of the datagrams was lost, of which each counts half as much after a time. */
    private static final class Share {
        private final double halvedNanos;
        private double seen;
        private double lost;

        Share(double halvedNanos) {
            this.halvedNanos = halvedNanos;
        }

        void add(int newlySeen, int newlyLost, long passedNanos) {
            double kept = Math.pow(0.5, passedNanos / halvedNanos);
            seen = seen * kept + newlySeen;
            lost = Math.max(0, lost * kept + newlyLost);
        }

        /** From 0 to 1; 0 as long as it is not worth mentioning. */
        double lost() {
            return lost < NOT_WORTH_MENTIONING ? 0 : lost / seen;
        }
    }
}
