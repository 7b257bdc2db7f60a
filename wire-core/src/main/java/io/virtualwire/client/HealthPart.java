package io.virtualwire.client;

/**
 * A part of a daemon, and whether it does its work.
 *
 * @param name such as {@code wires}, {@code journal} or {@code log}
 * @param detail why it does not; empty if it does
 */
public record HealthPart(String name, boolean ready, String detail) {}
