package io.virtualwire.testkit.wan;

import java.time.Duration;

/**
 * What a long line does to what is sent over it, in each direction.
 *
 * @param delay one way, beside the time that a frame takes to be sent
 * @param bitsPerSecond of Ethernet frames
 * @param loss the share of frames that are lost
 * @param overtaken the share of frames that come out behind the few that follow them
 * @param queue how long a frame may wait for its turn to be sent; one that would wait longer is dropped
 * @param seed decides which frames are lost: equal seeds lose the same ones
 */
public record WanProfile(Duration delay, long bitsPerSecond, double loss, double overtaken, Duration queue, long seed) {
    /** How long a router's queue may be, as a rule of thumb. */
    private static final Duration USUAL_QUEUE = Duration.ofMillis(50);

    public WanProfile {
        if (delay.isNegative()
                || bitsPerSecond <= 0
                || loss < 0
                || loss > 1
                || overtaken < 0
                || overtaken > 1
                || queue.isNegative()) {
            throw new IllegalArgumentException(
                    "no line is like that: " + delay + ", " + bitsPerSecond + " b/s, loss " + loss);
        }
    }

    /** A line on which nothing is overtaken. */
    public WanProfile(Duration delay, long bitsPerSecond, double loss, Duration queue, long seed) {
        this(delay, bitsPerSecond, loss, 0, queue, seed);
    }

    /** A line with a queue of usual length. */
    public static WanProfile of(Duration delay, long bitsPerSecond, double loss, long seed) {
        return new WanProfile(delay, bitsPerSecond, loss, USUAL_QUEUE, seed);
    }

    /** The same line on a worse day. */
    public WanProfile with(double lost, double late) {
        return new WanProfile(delay, bitsPerSecond, lost, late, queue, seed);
    }
}
