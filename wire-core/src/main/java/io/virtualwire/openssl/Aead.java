package io.virtualwire.openssl;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One key for one direction: seals messages, or opens them. Allocates nothing for a message but, now and then, room for a longer one
 * than any before.
 *
 * <pre>
 *   native memory   | nonce 12 | written 4 | header | text | tag 16 |
 * </pre>
 *
 * <p>Used by one thread at a time. To be made only where {@link LibCrypto} found no fault.
 */
public final class Aead implements AutoCloseable {
    public static final int KEY_LENGTH = 32;
    public static final int NONCE_LENGTH = 12;
    public static final int TAG_LENGTH = 16;

    private static final int OPEN = 0;
    private static final int SEAL = 1;
    private static final int AS_BEFORE = -1;
    private static final int GET_TAG = 0x10;
    private static final int SET_TAG = 0x11;
    private static final long NULL = 0;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long WRITTEN = NONCE_LENGTH;
    private static final int MESSAGE = 16;
    private static final int ROOM = 2_048;

    private final boolean seals;
    private long context;
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = arena.allocate(ROOM, 16);

    /** Which cipher. */
    public enum Algorithm {
        AES_256_GCM {
            @Override
            long cipher() {
                return Evp.aes256Gcm();
            }
        },
        CHACHA20_POLY1305 {
            @Override
            long cipher() {
                return Evp.chacha20Poly1305();
            }
        };

        abstract long cipher();
    }

    private Aead(Algorithm algorithm, byte[] key, int direction) {
        if (key.length != KEY_LENGTH) {
            arena.close();
            throw new IllegalArgumentException("a key of " + key.length + " bytes");
        }
        seals = direction == SEAL;
        context = Evp.newContext();
        MemorySegment.copy(key, 0, memory, BYTE, MESSAGE, KEY_LENGTH);
        boolean taken =
                context != 0 && Evp.init(context, algorithm.cipher(), memory.address() + MESSAGE, NULL, direction) == 1;
        memory.fill((byte) 0);
        if (!taken) {
            close();
            throw failure("take a key of " + algorithm);
        }
    }

    /** The key is copied. */
    public static Aead sealing(Algorithm algorithm, byte[] key) {
        return new Aead(algorithm, key, SEAL);
    }

    /** The key is copied. */
    public static Aead opening(Algorithm algorithm, byte[] key) {
        return new Aead(algorithm, key, OPEN);
    }

    /**
     * Seals in place and writes the tag behind. HOT PATH.
     *
     * @param nonceHigh the first four bytes of the nonce, which must never have been used with this key
     * @param nonceLow its other eight
     * @param at where the message begins: bytes that are authenticated only, then those that are encrypted, then room for the tag
     */
    public void seal(int nonceHigh, long nonceLow, byte[] bytes, int at, int headerLength, int textLength) {
        int length = headerLength + textLength;
        long text = begin(true, nonceHigh, nonceLow, bytes, at, headerLength, length);
        long tag = text + textLength;
        long written = memory.address() + WRITTEN;
        must(Evp.update(context, text, written, text, textLength), "seal");
        must(Evp.finish(context, tag, written), "seal");
        must(Evp.control(context, GET_TAG, TAG_LENGTH, tag), "tell a tag");
        MemorySegment.copy(memory, BYTE, MESSAGE + headerLength, bytes, at + headerLength, textLength + TAG_LENGTH);
    }

    /**
     * Opens the text of a message and its tag. HOT PATH.
     *
     * @param at where the message begins, as above
     * @return whether the tag was right; if not, nothing was written to {@code target}
     */
    public boolean open(
            int nonceHigh,
            long nonceLow,
            byte[] bytes,
            int at,
            int headerLength,
            int textLength,
            byte[] target,
            int targetOffset) {
        int length = headerLength + textLength + TAG_LENGTH;
        long text = begin(false, nonceHigh, nonceLow, bytes, at, headerLength, length);
        long tag = text + textLength;
        long written = memory.address() + WRITTEN;
        must(Evp.update(context, text, written, text, textLength), "open");
        must(Evp.control(context, SET_TAG, TAG_LENGTH, tag), "take a tag");
        if (Evp.finish(context, tag, written) != 1) {
            Evp.clearError();
            return false;
        }
        MemorySegment.copy(memory, BYTE, MESSAGE + headerLength, target, targetOffset, textLength);
        return true;
    }

    /** Takes nonce, header and the whole message; where the text stands. */
    private long begin(
            boolean sealing, int nonceHigh, long nonceLow, byte[] bytes, int at, int headerLength, int length) {
        if (context == 0 || seals != sealing) {
            throw new IllegalStateException(
                    context == 0 ? "the key was destroyed" : "the key is for the other direction");
        }
        if (MESSAGE + length + TAG_LENGTH > memory.byteSize()) {
            grow(MESSAGE + length + TAG_LENGTH);
        }
        memory.set(INT, 0, nonceHigh);
        memory.set(LONG, Integer.BYTES, nonceLow);
        MemorySegment.copy(bytes, at, memory, BYTE, MESSAGE, length);
        long message = memory.address() + MESSAGE;
        must(Evp.init(context, NULL, NULL, memory.address(), AS_BEFORE), "take a nonce");
        must(Evp.update(context, NULL, memory.address() + WRITTEN, message, headerLength), "take a header");
        return message + headerLength;
    }

    private void grow(int room) {
        Arena former = arena;
        memory.fill((byte) 0);
        arena = Arena.ofShared();
        memory = arena.allocate(Math.max(room, 2 * memory.byteSize()), 16);
        former.close();
    }

    private static void must(int result, String what) {
        if (result != 1) {
            throw failure(what);
        }
    }

    private static WireException failure(String what) {
        Evp.clearError();
        return new WireException(ErrorCode.INTERNAL, "libcrypto cannot " + what, "see 'wire doctor'");
    }

    /** Overwrites and frees key and memory; closed already: nothing. By the thread that uses it. */
    @Override
    public void close() {
        long freed = context;
        context = 0;
        if (arena.scope().isAlive()) {
            memory.fill((byte) 0);
            arena.close();
        }
        if (freed != 0) {
            Evp.free(freed);
        }
    }
}
