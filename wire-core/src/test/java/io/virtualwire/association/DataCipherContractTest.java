package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenSSL's ciphers and the JDK's: the same bytes, and the same refusals. */
class DataCipherContractTest {
    private static final int OFFSET = 5;
    /** The longest UDP datagram over IPv4, less header and tag. */
    private static final int BIGGEST = 65_507 - 16 - 16;

    private final Random random = new Random(1);
    private final byte[] key = bytes(32);

    static Stream<Sealing> all() {
        return Stream.of(CipherLibrary.values())
                .flatMap(library -> Stream.of(CipherSuite.values()).map(suite -> new Sealing(library, suite)));
    }

    /** Both may seal, whichever opens. */
    @ParameterizedTest
    @MethodSource("all")
    void isOpenedByTheOther(Sealing all) {
        CipherLibrary other = all.library() == CipherLibrary.JDK ? CipherLibrary.OPENSSL : CipherLibrary.JDK;
        DataCipher sealing = all.sealing(key.clone());
        DataCipher opening = other.opening(all.suite(), key.clone());
        for (int length : new int[] {0, 1, 63, 64, 255, 1400, BIGGEST}) {
            byte[] clear = bytes(length);
            byte[] datagram = datagram(clear);
            byte[] around = datagram.clone();
            sealing.seal(-1, 1L << 40 | length, datagram, OFFSET, length);
            byte[] plaintext = new byte[length];
            assertThat(opening.open(-1, 1L << 40 | length, datagram, OFFSET, 16 + length + 16, plaintext, 0))
                    .isTrue();
            assertThat(plaintext).isEqualTo(clear);
            assertThat(Arrays.mismatch(datagram, around)).isGreaterThanOrEqualTo(OFFSET + 16);
            assertThat(Arrays.copyOfRange(datagram, datagram.length - 3, datagram.length))
                    .isEqualTo(Arrays.copyOfRange(around, around.length - 3, around.length));
        }
        sealing.close();
        opening.close();
    }

    /** NIST's gcmEncryptExtIV256.rsp: the first of 96 bits of IV, and 128 of text, header and tag. */
    @ParameterizedTest
    @EnumSource(CipherLibrary.class)
    void givesTheKnownAnswer(CipherLibrary library) {
        byte[] known = HexFormat.of().parseHex("92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b");
        byte[] datagram = Arrays.copyOf(
                HexFormat.of().parseHex("1e0889016f67601c8ebea4943bc23ad6" + "2d71bcfa914e4ac045b2aa60955fad24"), 48);
        try (DataCipher sealing = library.sealing(CipherSuite.AES_256_GCM, known)) {
            sealing.seal(0xac93a1a6, 0x145299bde902f21aL, datagram, 0, 16);
        }
        assertThat(HexFormat.of().formatHex(datagram, 16, 48))
                .isEqualTo("8995ae2e6df3dbf96fac7b7137bae67f" + "eca5aa77d51d4a0a14d9c51e1da474ab");
    }

    @ParameterizedTest
    @MethodSource("all")
    void opensNothingOfAnotherKey(Sealing all) {
        byte[] datagram = datagram(bytes(100));
        all.sealing(key.clone()).seal(0, 1, datagram, OFFSET, 100);
        byte[] other = key.clone();
        other[31] ^= 1;
        byte[] plaintext = new byte[100];
        assertThat(all.opening(other).open(0, 1, datagram, OFFSET, 132, plaintext, 0))
                .isFalse();
        assertThat(all.opening(key.clone()).open(0, 1, datagram, OFFSET, 132, plaintext, 0))
                .isTrue();
    }

    /** A tag is only looked at where it fits: nothing beyond an array is touched. */
    @ParameterizedTest
    @MethodSource("all")
    void refusesWhatDoesNotFit(Sealing all) {
        byte[] datagram = new byte[16 + 20 + 15];
        DataCipher sealing = all.sealing(key.clone());
        assertThatThrownBy(() -> sealing.seal(0, 1, datagram, 0, 20)).isInstanceOf(RuntimeException.class);
        byte[] right = datagram(bytes(20));
        sealing.seal(0, 2, right, OFFSET, 20);
        DataCipher opening = all.opening(key.clone());
        assertThatThrownBy(() -> opening.open(0, 2, right, OFFSET, 52, new byte[19], 0))
                .isInstanceOf(RuntimeException.class);
        assertThat(opening.open(0, 2, right, OFFSET, 52, new byte[20], 0)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("all")
    void opensWhatItSealed(Sealing all) {
        DataCipher sealing = all.sealing(key.clone());
        DataCipher opening = all.opening(key.clone());
        byte[] plaintext = new byte[9 + BIGGEST];
        for (int length : new int[] {0, 1, 15, 16, 17, 32, 33, 500, 767, 768, 1368, 1400, 9184, BIGGEST}) {
            byte[] clear = bytes(length);
            byte[] datagram = datagram(clear);
            sealing.seal(3, length, datagram, OFFSET, length);
            assertThat(opening.open(3, length, datagram, OFFSET, 16 + length + 16, plaintext, 9))
                    .isTrue();
            assertThat(Arrays.copyOfRange(plaintext, 9, 9 + length)).isEqualTo(clear);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void agreesWithAnotherImplementation(Sealing all) throws InvalidCipherTextException {
        byte[] clear = bytes(1333);
        byte[] datagram = datagram(clear);
        byte[] header = Arrays.copyOfRange(datagram, OFFSET, OFFSET + 16);
        all.sealing(key.clone()).seal(0x7f, 0x1122334455L, datagram, OFFSET, clear.length);

        byte[] nonce = {0, 0, 0, 0x7f, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55};
        AEADCipher other = all.suite() == CipherSuite.AES_256_GCM
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
    @MethodSource("all")
    void noticesEveryFlippedBit(Sealing all) {
        byte[] clear = bytes(40);
        byte[] datagram = datagram(clear);
        all.sealing(key.clone()).seal(0, 9, datagram, OFFSET, clear.length);
        DataCipher opening = all.opening(key.clone());
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
    @MethodSource("all")
    void sealsNoNonceTwiceInARow(Sealing all) {
        DataCipher sealing = all.sealing(key.clone());
        sealing.seal(0, 1, datagram(bytes(10)), OFFSET, 10);
        assertThatThrownBy(() -> sealing.seal(0, 1, datagram(bytes(10)), OFFSET, 10))
                .isInstanceOf(WireException.class);
    }

    @ParameterizedTest
    @MethodSource("all")
    void forgetsItsKey(Sealing all) {
        byte[] own = key.clone();
        DataCipher sealing = all.sealing(own);
        sealing.close();
        assertThat(own).containsOnly(0);
        assertThatThrownBy(() -> sealing.seal(0, 1, datagram(bytes(10)), OFFSET, 10))
                .isInstanceOf(IllegalStateException.class);
        sealing.close();

        DataCipher opening = all.opening(key.clone());
        opening.close();
        assertThatThrownBy(() -> opening.open(0, 1, datagram(bytes(10)), OFFSET, 42, new byte[10], 0))
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
