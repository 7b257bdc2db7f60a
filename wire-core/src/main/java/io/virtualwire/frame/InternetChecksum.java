package io.virtualwire.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The ones' complement sum of RFC 1071, over bytes in place. */
final class InternetChecksum {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private InternetChecksum() {}

    /** Adds bytes, as 16-bit words of which the last may be half, to a running sum that is yet to be folded. */
    static long add(long sum, byte[] bytes, int offset, int length) {
        long total = sum;
        int at = offset;
        int end = offset + length;
        for (; at + 4 <= end; at += 4) {
            total += Integer.toUnsignedLong((int) INT.get(bytes, at));
        }
        if (at + 2 <= end) {
            total += (long) (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
            at += 2;
        }
        if (at < end) {
            total += (long) (bytes[at] & 0xff) << 8;
        }
        return total;
    }

    /** The 16 bits to store: the folded sum's complement. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) ~folded & 0xffff;
    }
}
