package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.bouncycastle.crypto.macs.SipHash128;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

class HeaderTagTest {
    private static final byte[] KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

    /** The first entry of the reference implementation's table for 128-bit output: the empty message. */
    @Test
    void isTheReferenceImplementationsFunction() {
        SipHash128 hash = new SipHash128();
        hash.init(new KeyParameter(KEY));
        byte[] tag = new byte[16];
        hash.doFinal(tag, 0);
        assertThat(HexFormat.of().formatHex(tag)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
    }

    @Test
    void noticesEveryFlippedHeaderBitAndNoPayloadBit() {
        byte[] datagram = new byte[3 + 100];
        HeaderTag tag = new HeaderTag(KEY);
        tag.write(datagram, 3);
        assertThat(tag.verify(datagram, 3)).isTrue();
        for (int bit = 0; bit < 64 * 8; bit++) {
            datagram[3 + bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(tag.verify(datagram, 3)).isFalse();
            datagram[3 + bit / 8] ^= (byte) (1 << bit % 8);
        }
        datagram[3 + 64] ^= 1;
        assertThat(tag.verify(datagram, 3)).isTrue();
    }
}
