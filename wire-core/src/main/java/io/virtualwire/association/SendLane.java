package io.virtualwire.association;

import io.virtualwire.wire.MessageHeader;

/** One lane of one session in the sending direction: its counter and keys. */
final class SendLane implements AutoCloseable {
    /** What a datagram has beside its payload: both headers and the tag, sealed and plain alike. */
    static final int OVERHEAD = DatagramHeader.LENGTH + MessageHeader.LENGTH + DataCipher.TAG_LENGTH;

    private static final int MESSAGE_OFFSET = DatagramHeader.LENGTH;
    private static final int SEALED_PAYLOAD_OFFSET = MESSAGE_OFFSET + MessageHeader.LENGTH;
    private static final int PLAIN_PAYLOAD_OFFSET = SEALED_PAYLOAD_OFFSET + HeaderTag.LENGTH;

    private final int lane;
    private final int peerIndex;
    private final DataCipher cipher;
    private final HeaderTag tag;
    private final DatagramHeader header = new DatagramHeader();
    private final Allowance allowance;
    private long counter;
    private long twice;
    private long allowed;

    SendLane(int lane, int peerIndex, DataCipher cipher, HeaderTag tag, Allowance allowance) {
        this.allowance = allowance;
        this.lane = lane;
        this.peerIndex = peerIndex;
        this.cipher = cipher;
        this.tag = tag;
    }

    /** Goes on after what another process has sent; no counter is used twice. */
    void goOnAfter(long datagrams) {
        counter = datagrams;
        allowed = datagrams;
        allowance.goOnAfter(datagrams);
    }

    /** Whether one more datagram may be sent with this key. HOT PATH. */
    boolean mayWrite() {
        if (counter >= allowed) {
            long more = allowance.take();
            allowed = more == 0 ? allowed : counter + more;
        }
        return counter < allowed;
    }

    /** Datagrams sent, which is also the next counter. */
    long sent() {
        return counter;
    }

    /** Of one of them a second copy is sent. */
    void copied() {
        twice++;
    }

    /** Of how many of them a second copy was sent. */
    long twice() {
        return twice;
    }

    /**
     * Writes one whole datagram to {@code target} at {@code at}. HOT PATH.
     *
     * @return its length
     */
    int write(byte[] target, int at, MessageHeader message, boolean plain, byte[] payload, int offset, int length) {
        header.wrap(target, at)
                .write(plain ? DatagramHeader.TYPE_PLAIN : DatagramHeader.TYPE_SEALED, lane, peerIndex, counter);
        message.copyTo(target, at + MESSAGE_OFFSET);
        if (plain) {
            System.arraycopy(payload, offset, target, at + PLAIN_PAYLOAD_OFFSET, length);
            tag.write(target, at);
        } else {
            System.arraycopy(payload, offset, target, at + SEALED_PAYLOAD_OFFSET, length);
            cipher.seal(lane, counter, target, at, MessageHeader.LENGTH + length);
        }
        counter++;
        return OVERHEAD + length;
    }

    @Override
    public void close() {
        cipher.close();
    }
}
