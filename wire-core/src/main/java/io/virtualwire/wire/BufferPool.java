package io.virtualwire.wire;

import io.virtualwire.port.Port;
import java.util.ArrayDeque;

/** Byte arrays in a few sizes, kept for reuse so that a steady state allocates none. Owner thread only. */
final class BufferPool {
    private static final int[] SIZES = {4_096, 16_384, Port.MAX_FRAME_BYTES};
    /** How many idle buffers of each size are kept; what exceeds it is left to the collector. */
    private static final int[] KEPT = {256, 128, 128};

    private final Stock[] stocks = new Stock[SIZES.length];

    BufferPool() {
        for (int i = 0; i < SIZES.length; i++) {
            stocks[i] = new Stock(SIZES[i], KEPT[i]);
        }
    }

    /** A buffer of at least {@code length} bytes, at most {@link Port.MAX_FRAME_BYTES}; its content is arbitrary. */
    byte[] take(int length) {
        for (Stock stock : stocks) {
            if (length <= stock.size) {
                byte[] idle = stock.idle.pollLast();
                return idle != null ? idle : new byte[stock.size];
            }
        }
        throw new IllegalArgumentException("no buffer holds " + length + " bytes");
    }

    void give(byte[] buffer) {
        for (Stock stock : stocks) {
            if (buffer.length == stock.size && stock.idle.size() < stock.kept) {
                stock.idle.addLast(buffer);
                return;
            }
        }
    }

    private static final class Stock {
        final int size;
        final int kept;
        final ArrayDeque<byte[]> idle;

        Stock(int size, int kept) {
            this.size = size;
            this.kept = kept;
            this.idle = new ArrayDeque<>(kept);
        }
    }
}
