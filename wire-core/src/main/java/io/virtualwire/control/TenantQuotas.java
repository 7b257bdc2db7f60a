package io.virtualwire.control;

import java.net.InetAddress;

/** How much of a daemon's data path each tenant may use. Asked on its owner thread, so answered at once. */
public interface TenantQuotas {
    /** For a daemon that serves its own tenant only. */
    TenantQuotas UNLIMITED = new TenantQuotas() {
        @Override
        public int peers(String tenant) {
            return Integer.MAX_VALUE;
        }

        @Override
        public long bufferBytes(String tenant) {
            return Long.MAX_VALUE;
        }
    };

    /** How many of its daemons may have an association that no wire here asked for. */
    int peers(String tenant);

    /**
     * What its wires may hold of frames that are incomplete or have to wait.
     *
     * @param tenant empty: the daemon's own
     */
    long bufferBytes(String tenant);

    /** How many connections between two of its daemons may lead through this one at once; 0: it does not relay for them. */
    default int relays(String tenant) {
        return 0;
    }

    /** How much those may carry in a second, all together, both ways. */
    default long relayBytesPerSecond(String tenant) {
        return Long.MAX_VALUE;
    }

    /** Whether its daemons may be looked for there, when a relay says that they are. */
    default boolean mayGoTo(String tenant, InetAddress address) {
        return true;
    }
}
