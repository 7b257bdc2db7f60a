package io.virtualwire.transport;

/** A descriptor that a {@link DatapathLoop} watches; used on the loop. */
public interface Registration {
    /** Whether to be told when the descriptor can be read. */
    void wantReads(boolean wanted);

    /** Whether to be told when the descriptor can be written. */
    void wantWrites(boolean wanted);

    /** Watches no more; to be called before the descriptor is closed. */
    void cancel();
}
