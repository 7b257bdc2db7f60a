package io.virtualwire.client;

import io.virtualwire.control.Generation;

/**
 * The highest generation of a side that a connector remembers: only a higher one replaces it or brings it back.
 *
 * @param connected whether the side is there, at this generation; if not, it was disconnected at it
 */
public record SideFence(Generation generation, boolean connected) {}
