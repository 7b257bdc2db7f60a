package io.virtualwire.association;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * The JDK's ciphers. Cipher objects are reused; what is still allocated per datagram is what the JDK's own {@code Cipher} allocates in
 * {@code init}.
 */
final class JdkCipher implements DataCipher {
    /** Never asked for anything; given because {@code Cipher.init} looks one up otherwise. */
    private static final SecureRandom UNUSED = new SecureRandom();

    private final int mode;
    private final Cipher cipher;
    private final DataKey key;
    private final Nonce nonce = new Nonce();
    private final AlgorithmParameterSpec parameters;

    private JdkCipher(int mode, CipherSuite suite, byte[] key) {
        this.mode = mode;
        this.key = new DataKey(suite.keyAlgorithm(), key);
        this.parameters = nonce.parametersFor(suite);
        try {
            this.cipher = Cipher.getInstance(suite.transformation());
        } catch (GeneralSecurityException e) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot make a cipher for " + suite.wireName(), "use a JDK with SunJCE", e);
        }
    }

    /** Takes over {@code key}. */
    static JdkCipher sealing(CipherSuite suite, byte[] key) {
        return new JdkCipher(Cipher.ENCRYPT_MODE, suite, key);
    }

    /** Takes over {@code key}. */
    static JdkCipher opening(CipherSuite suite, byte[] key) {
        return new JdkCipher(Cipher.DECRYPT_MODE, suite, key);
    }

    @Override
    public void seal(int lane, long counter, byte[] datagram, int offset, int plaintextLength) {
        int from = offset + DatagramHeader.LENGTH;
        try {
            nonce.set(lane, counter);
            cipher.init(mode, key, parameters, UNUSED);
            cipher.updateAAD(datagram, offset, DatagramHeader.LENGTH);
            cipher.doFinal(datagram, from, plaintextLength, datagram, from);
        } catch (GeneralSecurityException e) {
            // Only a repeated nonce or too small a buffer lead here, and both are defects.
            throw new WireException(ErrorCode.INTERNAL, "cannot seal datagram " + counter, "report this", e);
        }
    }

    @Override
    public boolean open(
            int lane, long counter, byte[] datagram, int offset, int length, byte[] plaintext, int plaintextOffset) {
        int from = offset + DatagramHeader.LENGTH;
        try {
            nonce.set(lane, counter);
            cipher.init(mode, key, parameters, UNUSED);
            cipher.updateAAD(datagram, offset, DatagramHeader.LENGTH);
            cipher.doFinal(datagram, from, length - DatagramHeader.LENGTH, plaintext, plaintextOffset);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot open datagram " + counter, "report this", e);
        }
    }

    @Override
    public void close() {
        key.destroy();
    }
}
