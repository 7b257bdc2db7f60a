package io.virtualwire.association;

import io.virtualwire.wire.MessageHeader;

/**
 * A message on its way from one owner thread to another.
 *
 * <pre>
 *   | message header 32 | payload |
 * </pre>
 */
final class HandedMessage {
    private HandedMessage() {}

    static byte[] copy(MessageHeader header, byte[] payload, int offset, int length) {
        byte[] copy = new byte[MessageHeader.LENGTH + length];
        header.copyTo(copy, 0);
        System.arraycopy(payload, offset, copy, MessageHeader.LENGTH, length);
        return copy;
    }
}
