package io.virtualwire.topology;

/**
 * How the holder of a component last found one of its ports.
 *
 * @param up whether frames can pass
 * @param detail why not; empty if they can
 * @param blockedFor the port that leads where this one leads; empty if this one forwards
 */
public record PortReport(boolean up, String detail, String blockedFor) {
    /** A port of which nothing has been heard. */
    public static final PortReport UNKNOWN = new PortReport(false, "", "");
}
