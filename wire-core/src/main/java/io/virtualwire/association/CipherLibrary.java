package io.virtualwire.association;

import io.virtualwire.openssl.LibCrypto;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose ciphers seal datagrams; what is on the wire is the same. */
enum CipherLibrary {
    /** Allocates nothing for a datagram. */
    OPENSSL {
        @Override
        DataCipher sealing(CipherSuite suite, byte[] key) {
            return OpenSslCipher.sealing(suite, key);
        }

        @Override
        DataCipher opening(CipherSuite suite, byte[] key) {
            return OpenSslCipher.opening(suite, key);
        }
    },

    /** There wherever this runs; allocates a kilobyte for each datagram. */
    JDK {
        @Override
        DataCipher sealing(CipherSuite suite, byte[] key) {
            return JdkCipher.sealing(suite, key);
        }

        @Override
        DataCipher opening(CipherSuite suite, byte[] key) {
            return JdkCipher.opening(suite, key);
        }
    };

    private static final Logger LOG = LoggerFactory.getLogger(CipherLibrary.class);

    /** {@code jdk} keeps to the JDK where OpenSSL could be used. */
    static final String PROPERTY = "wire.sealing";

    /** OpenSSL's, where it can be used. */
    static CipherLibrary here() {
        if ("jdk".equals(System.getProperty(PROPERTY))) {
            LOG.info("datagrams are sealed by the JDK, as -D{}=jdk asks", PROPERTY);
            return JDK;
        }
        LibCrypto found = LibCrypto.look();
        if (found.isUsable()) {
            LOG.info("datagrams are sealed by {}", found.version());
            return OPENSSL;
        }
        LOG.warn(
                "datagrams are sealed by the JDK, which allocates memory for each: {}; see 'wire doctor'",
                found.fault().orElseThrow());
        return JDK;
    }

    /** Takes over {@code key}. */
    abstract DataCipher sealing(CipherSuite suite, byte[] key);

    /** Takes over {@code key}. */
    abstract DataCipher opening(CipherSuite suite, byte[] key);
}
