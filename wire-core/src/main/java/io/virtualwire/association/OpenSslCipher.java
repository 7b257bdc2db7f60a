package io.virtualwire.association;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.openssl.Aead;
import java.util.Arrays;

/** OpenSSL's ciphers, which allocate nothing for a datagram. */
final class OpenSslCipher implements DataCipher {
    private final Aead aead;
    private long last = -1;

    private OpenSslCipher(Aead aead) {
        this.aead = aead;
    }

    /** Takes over {@code key}, and overwrites it. */
    static OpenSslCipher sealing(CipherSuite suite, byte[] key) {
        OpenSslCipher made = new OpenSslCipher(Aead.sealing(suite.algorithm(), key));
        Arrays.fill(key, (byte) 0);
        return made;
    }

    /** Takes over {@code key}, and overwrites it. */
    static OpenSslCipher opening(CipherSuite suite, byte[] key) {
        OpenSslCipher made = new OpenSslCipher(Aead.opening(suite.algorithm(), key));
        Arrays.fill(key, (byte) 0);
        return made;
    }

    @Override
    public void seal(int lane, long counter, byte[] datagram, int offset, int plaintextLength) {
        if (counter <= last) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot seal datagram " + counter + " after " + last, "report this");
        }
        aead.seal(lane, counter, datagram, offset, DatagramHeader.LENGTH, plaintextLength);
        last = counter;
    }

    @Override
    public boolean open(
            int lane, long counter, byte[] datagram, int offset, int length, byte[] plaintext, int plaintextOffset) {
        return aead.open(
                lane,
                counter,
                datagram,
                offset,
                DatagramHeader.LENGTH,
                length - DatagramHeader.LENGTH - TAG_LENGTH,
                plaintext,
                plaintextOffset);
    }

    @Override
    public void close() {
        aead.close();
    }
}
