package io.virtualwire.association;

/** How the datagrams of one session are sealed. */
record Sealing(CipherLibrary library, CipherSuite suite) {
    /** Takes over {@code key}. */
    DataCipher sealing(byte[] key) {
        return library.sealing(suite, key);
    }

    /** Takes over {@code key}. */
    DataCipher opening(byte[] key) {
        return library.opening(suite, key);
    }
}
