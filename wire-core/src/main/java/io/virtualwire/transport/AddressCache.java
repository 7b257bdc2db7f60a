package io.virtualwire.transport;

import org.jspecify.annotations.Nullable;

/**
 * Addresses that were seen lately, so that naming the source of a run allocates only for a new one.
 *
 * <p>Direct-mapped and of fixed size: forged sources replace entries but cannot make it grow.
 */
final class AddressCache {
    private static final int SLOTS = 1024;

    private final @Nullable UnderlayAddress[] slots = new @Nullable UnderlayAddress[SLOTS];

    UnderlayAddress get(long high, long low, int port, int scope) {
        long mixed = (high * 31 + low) * 31 + port;
        mixed *= 0x9e37_79b9_7f4a_7c15L;
        int slot = (int) (mixed >>> 54);
        UnderlayAddress cached = slots[slot];
        if (cached != null
                && cached.low() == low
                && cached.port() == port
                && cached.high() == high
                && cached.scope() == scope) {
            return cached;
        }
        UnderlayAddress address = new UnderlayAddress(high, low, port, scope);
        slots[slot] = address;
        return address;
    }
}
