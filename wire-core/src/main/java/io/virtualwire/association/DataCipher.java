package io.virtualwire.association;

/**
 * Seals or opens the datagrams of one direction of one session; the datagram header is the associated data.
 *
 * <pre>
 *   | datagram header 16 | plaintext n           |          seal: in place, the tag is appended
 *   | datagram header 16 | ciphertext n | tag 16 |          open: into other bytes, see {@link #open}
 * </pre>
 *
 * <p>One instance is used by one thread. Whose ciphers they are, a {@link CipherLibrary} says.
 */
interface DataCipher extends AutoCloseable {
    int TAG_LENGTH = 16;

    /**
     * Seals in place. A counter is never used twice.
     *
     * @param offset where the datagram header stands; the plaintext follows it
     * @param plaintextLength after it there must be room for the tag
     */
    void seal(int lane, long counter, byte[] datagram, int offset, int plaintextLength);

    /**
     * Opens a datagram of {@code length} bytes into {@code plaintext}, which must be another array: in one and the same
     * the JDK gives up its fastest way.
     *
     * @return whether the tag was right; if not, nothing may be read from {@code plaintext}
     */
    boolean open(
            int lane, long counter, byte[] datagram, int offset, int length, byte[] plaintext, int plaintextOffset);

    /** Overwrites the key; what is asked for afterwards is an {@link IllegalStateException}. By the thread that uses it. */
    @Override
    void close();
}
