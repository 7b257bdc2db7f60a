package io.virtualwire.client;

/**
 * A wire of a fabric, as the fabric wants it and as the holder of its switch last found it.
 *
 * @param name {@code switch/port}
 * @param id the same at both ends
 * @param endpoint the far end, {@code name@host}
 * @param up whether frames can pass
 * @param detail why not; empty if they can
 * @param blockedFor the port that leads where this one leads; empty if this one forwards
 */
public record WireView(
        String name,
        String id,
        String component,
        String port,
        String endpoint,
        boolean up,
        String detail,
        String blockedFor) {}
