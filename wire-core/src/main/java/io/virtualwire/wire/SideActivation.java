package io.virtualwire.wire;

/**
 * How a side became active last, and how soon it was heard; all by one monotonic clock.
 *
 * @param heardNanos from then until a far end had confirmed that it sends here; -1 if none has yet
 * @param firstFrameNanos from then until the port was given the first frame, be it relayed or direct; -1 if there was none yet
 */
public record SideActivation(ActivationCause cause, long heardNanos, long firstFrameNanos) {}
