package io.virtualwire.wire;

/**
 * How often, how long and how much a side record held back so that order is kept.
 *
 * @param holds holds that were opened so far, by completion or by a bound
 * @param expired holds that a bound opened: time or bytes
 * @param framesHeld frames that waited in any hold so far
 * @param bytesHeld bytes waiting now
 * @param longestNanos the longest that a hold lasted
 */
public record HoldStatistics(long holds, long expired, long framesHeld, long bytesHeld, long longestNanos) {}
