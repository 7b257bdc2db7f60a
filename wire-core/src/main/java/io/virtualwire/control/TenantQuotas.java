package io.virtualwire.control;

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
}
