package io.virtualwire.association;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * The nonce of a datagram: lane (32 bits), then counter (64 bits); set in place for each one.
 *
 * <p>The JDK's parameter objects copy the bytes when made and again when read; these are made once and copy only when
 * read, which is the one copy that the ciphers keep.
 */
final class Nonce {
    static final int LENGTH = 12;

    private static final int TAG_BITS = 128;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes = new byte[LENGTH];

    void set(int lane, long counter) {
        INT.set(bytes, 0, lane);
        LONG.set(bytes, Integer.BYTES, counter);
    }

    /** What {@code Cipher.init} takes; always tells the present value. */
    AlgorithmParameterSpec parametersFor(CipherSuite suite) {
        return switch (suite) {
            case AES_256_GCM -> new GcmParameters(bytes);
            case CHACHA20_POLY1305 -> new ChaChaParameters(bytes);
        };
    }

    private static final class GcmParameters extends GCMParameterSpec {
        private final byte[] present;

        GcmParameters(byte[] present) {
            super(TAG_BITS, present);
            this.present = present;
        }

        @Override
        public byte[] getIV() {
            return present.clone();
        }
    }

    private static final class ChaChaParameters extends IvParameterSpec {
        private final byte[] present;

        ChaChaParameters(byte[] present) {
            super(present);
            this.present = present;
        }

        @Override
        public byte[] getIV() {
            return present.clone();
        }
    }
}
