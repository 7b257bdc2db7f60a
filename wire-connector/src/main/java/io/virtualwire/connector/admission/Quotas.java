package io.virtualwire.connector.admission;

/**
 * How much one tenant may use of a host.
 *
 * @param endpoints how many endpoints
 * @param wires how many sides of wires
 * @param peers how many of its daemons may have an association with the connector
 * @param requestsPerSecond how many requests
 * @param bufferBytes what its wires may hold of frames that are incomplete or have to wait
 */
public record Quotas(int endpoints, int wires, int peers, int requestsPerSecond, int bufferBytes) {
    /** What a grant gives that does not say. */
    public static final Quotas DEFAULT = new Quotas(64, 256, 64, 50, 32 << 20);
}
