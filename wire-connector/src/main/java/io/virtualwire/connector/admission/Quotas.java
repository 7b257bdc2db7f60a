package io.virtualwire.connector.admission;

/**
 * How much one tenant may use of a host.
 *
 * @param endpoints how many endpoints
 * @param wires how many sides of wires
 * @param peers how many of its daemons may have an association with the connector
 * @param requestsPerSecond how many requests
 * @param bufferBytes what its wires may hold of frames that are incomplete or have to wait
 * @param relayed how many connections between two of its daemons may lead through this one
 * @param relayBytesPerSecond how much those may carry together
 */
public record Quotas(
        int endpoints,
        int wires,
        int peers,
        int requestsPerSecond,
        int bufferBytes,
        int relayed,
        int relayBytesPerSecond) {
    /** What a grant gives that does not say. */
    public static final Quotas DEFAULT = new Quotas(64, 256, 64, 50, 32 << 20, 16, 10_000_000);
}
