package io.virtualwire.machine;

/**
 * The host or node of a cloud that something moves to.
 *
 * @param why in words; empty if somebody named it
 */
public record Choice(String place, String why) {}
