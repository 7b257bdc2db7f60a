package io.virtualwire.association;

import io.virtualwire.port.DropReason;
import org.jspecify.annotations.Nullable;

/** One lane of one session in the receiving direction: its keys, and what it has seen. */
final class ReceiveLane implements AutoCloseable {
    private final DataCipher cipher;
    private final HeaderTag tag;
    private final ReplayWindow window = new ReplayWindow();
    private long received;
    private int gaps;

    ReceiveLane(DataCipher cipher, HeaderTag tag) {
        this.cipher = cipher;
        this.tag = tag;
    }

    AssociationsImage.WindowImage image() {
        return new AssociationsImage.WindowImage(received, window.highest(), window.image());
    }

    void restore(AssociationsImage.WindowImage image) {
        received = image.received();
        window.restore(image.highest(), image.seen());
    }

    /** Authentic datagrams so far. */
    long received() {
        return received;
    }

    /** How often one or more counters in a row were missing when the next one came. */
    int gaps() {
        return gaps;
    }

    /** How many counters were used but have not come, or not yet. */
    long missing() {
        return window.highest() + 1 - received;
    }

    /** The highest counter seen; -1 if none. */
    long highest() {
        return window.highest();
    }

    /**
     * Proves a sealed datagram and writes message header and payload to the beginning of {@code plaintext}. HOT PATH.
     *
     * @return why it is not to be believed; null if it is
     */
    @Nullable
    DropReason openSealed(DatagramHeader header, byte[] bytes, int offset, int length, byte[] plaintext) {
        long counter = header.counter();
        if (!window.isFresh(counter)) {
            return DropReason.REPLAYED;
        }
        if (!cipher.open(header.lane(), counter, bytes, offset, length, plaintext, 0)) {
            return DropReason.NOT_AUTHENTIC;
        }
        return taken(counter);
    }

    /** Proves the headers of a plain datagram. HOT PATH. */
    @Nullable
    DropReason verifyPlain(DatagramHeader header, byte[] bytes, int offset) {
        long counter = header.counter();
        if (!window.isFresh(counter)) {
            return DropReason.REPLAYED;
        }
        if (!tag.verify(bytes, offset)) {
            return DropReason.NOT_AUTHENTIC;
        }
        return taken(counter);
    }

    private @Nullable DropReason taken(long counter) {
        boolean leaps = counter > window.highest() + 1;
        if (!window.take(counter)) {
            return DropReason.REPLAYED;
        }
        if (leaps) {
            gaps++;
        }
        received++;
        return null;
    }

    @Override
    public void close() {
        cipher.close();
    }
}
