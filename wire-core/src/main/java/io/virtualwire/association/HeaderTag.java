package io.virtualwire.association;

import io.virtualwire.wire.MessageHeader;
import org.bouncycastle.crypto.macs.SipHash128;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The tag of plain datagrams of one direction of one session: SipHash-2-4 with 128-bit output over both headers.
 *
 * <pre>
 *   | datagram header 16 | message header 32 | tag 16 | payload, not covered |
 * </pre>
 *
 * <p>One instance is used by one thread.
 */
final class HeaderTag {
    static final int LENGTH = 16;

    /** How many bytes are covered. */
    static final int COVERED = DatagramHeader.LENGTH + MessageHeader.LENGTH;

    private final SipHash128 hash = new SipHash128();
    private final byte[] expected = new byte[LENGTH];

    HeaderTag(byte[] key) {
        hash.init(new KeyParameter(key));
    }

    /** Writes the tag of the headers at {@code offset} behind them. */
    void write(byte[] datagram, int offset) {
        hash.update(datagram, offset, COVERED);
        hash.doFinal(datagram, offset + COVERED);
    }

    /** Whether the tag behind the headers at {@code offset} is theirs; takes the same time wherever it differs. */
    boolean verify(byte[] datagram, int offset) {
        hash.update(datagram, offset, COVERED);
        hash.doFinal(expected, 0);
        int difference = 0;
        for (int i = 0; i < LENGTH; i++) {
            difference |= expected[i] ^ datagram[offset + COVERED + i];
        }
        return difference == 0;
    }
}
