package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataCipherTest {
    private static final int OFFSET = 5;

    private final Random random = new Random(1);
    private final byte[] key = bytes(32);

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void opensWhatItSealed(CipherSuite suite) {
        DataCipher sealing = DataCipher.sealing(suite, key.clone());
        DataCipher opening = DataCipher.opening(suite, key.clone());
        byte[] plaintext = new byte[2000];
        for (int length : new int[] {0, 1, 15, 16, 17, 32, 33, 500, 767, 768, 1368, 1400}) {
            byte[] clear = bytes(length);
            byte[] datagram = datagram(clear);
            sealing.seal(3, length, datagram, OFFSET, length);
            assertThat(opening.open(3, length, datagram, OFFSET, 16 + length + 16, plaintext, 9))
                    .isTrue();
            assertThat(Arrays.copyOfRange(plaintext, 9, 9 + length)).isEqualTo(clear);
        }
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void agreesWithAnotherImplementation(CipherSuite suite) throws InvalidCipherTextException {
        byte[] clear = bytes(1333);
        byte[] datagram = datagram(clear);
        byte[] header = Arrays.copyOfRange(datagram, OFFSET, OFFSET + 16);
        DataCipher.sealing(suite, key.clone()).seal(0x7f, 0x1122334455L, datagram, OFFSET, clear.length);

        byte[] nonce = {0, 0, 0, 0x7f, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55};
        AEADCipher other = suite == CipherSuite.AES_256_GCM
                ? GCMBlockCipher.newInstance(AESEngine.newInstance())
                : new ChaCha20Poly1305();
        other.init(true, new AEADParameters(new KeyParameter(key), 128, nonce, header));
        byte[] expected = new byte[clear.length + 16];
        int done = other.processBytes(clear, 0, clear.length, expected, 0);
        other.doFinal(expected, done);

        assertThat(Arrays.copyOfRange(datagram, OFFSET + 16, OFFSET + 16 + expected.length))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void noticesEveryFlippedBit(CipherSuite suite) {
        byte[] clear = bytes(40);
        byte[] datagram = datagram(clear);
        DataCipher.sealing(suite, key.clone()).seal(0, 9, datagram, OFFSET, clear.length);
        DataCipher opening = DataCipher.opening(suite, key.clone());
        byte[] plaintext = new byte[100];
        int length = 16 + 40 + 16;
        for (int bit = 0; bit < length * 8; bit++) {
            datagram[OFFSET + bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(opening.open(0, 9, datagram, OFFSET, length, plaintext, 0))
                    .isFalse();
            datagram[OFFSET + bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(opening.open(0, 9, datagram, OFFSET, length, plaintext, 0)).isTrue();
        assertThat(opening.open(1, 9, datagram, OFFSET, length, plaintext, 0)).isFalse();
        assertThat(opening.open(0, 8, datagram, OFFSET, length, plaintext, 0)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void sealsNoNonceTwiceInARow(CipherSuite suite) {
        DataCipher sealing = DataCipher.sealing(suite, key.clone());
        sealing.seal(0, 1, datagram(bytes(10)), OFFSET, 10);
        assertThatThrownBy(() -> sealing.seal(0, 1, datagram(bytes(10)), OFFSET, 10))
                .isInstanceOf(WireException.class);
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void forgetsItsKey(CipherSuite suite) {
        byte[] own = key.clone();
        DataCipher sealing = DataCipher.sealing(suite, own);
        sealing.close();
        assertThat(own).containsOnly(0);
        assertThatThrownBy(() -> sealing.seal(0, 1, datagram(bytes(10)), OFFSET, 10))
                .isInstanceOf(IllegalStateException.class);
    }

    private byte[] datagram(byte[] clear) {
        byte[] datagram = bytes(OFFSET + 16 + clear.length + 16 + 3);
        System.arraycopy(clear, 0, datagram, OFFSET + 16, clear.length);
        return datagram;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
