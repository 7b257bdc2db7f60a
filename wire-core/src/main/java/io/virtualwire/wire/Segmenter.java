package io.virtualwire.wire;

/**
 * Cuts frames into messages of what the path carries now, in place.
 *
 * <p>A guest's full frame is a little longer than a datagram carries. Where much is lost its two halves would be lost twice as often as
 * the one datagram that it is on a network of the guest's own; so there it is a full one and a short one, of which a second copy is sent.
 */
final class Segmenter {
    /** Of how many datagrams a frame should consist at most where much is lost. */
    private static final int FEW = 8;

    /** What is at most such a part of a datagram costs little to send twice. */
    private static final int SHORT = 2;

    private final MessageHeader header = new MessageHeader();

    /**
     * Sends a frame.
     *
     * @param slice whether it is one of those that a longer one was cut into
     * @return how many messages it took; 0 if the path refused one, then the rest was not sent either
     */
    /* HOT PATH */
    int send(
            WirePath path,
            int kind,
            int sideBit,
            int wireIndex,
            int senderGeneration,
            int receiverGeneration,
            boolean plain,
            long number,
            byte[] bytes,
            int offset,
            int length,
            boolean slice) {
        int budget = path.payloadBudget();
        if (budget <= 0) {
            return 0;
        }
        header.kind(kind)
                .sideBit(sideBit)
                .wireIndex(wireIndex)
                .senderGeneration(senderGeneration)
                .receiverGeneration(receiverGeneration)
                .frameNumber(number)
                .totalLength(length);
        int segments = Math.ceilDiv(length, budget);
        int rest = length - (segments - 1) * budget;
        boolean restTwice = (segments > 1 || slice) && rest <= budget / SHORT && path.datagramsPerFrame() <= FEW;
        // Else even pieces, not full ones and a stub: those of one frame after the other then share a call to the
        // kernel.
        int size = restTwice ? budget : Math.ceilDiv(length, segments);
        for (int at = 0; at < length; at += size) {
            header.byteOffset(at);
            int here = Math.min(size, length - at);
            boolean sent = restTwice && at + here == length
                    ? path.sendTwice(header, plain, bytes, offset + at, here)
                    : path.send(header, plain, bytes, offset + at, here);
            if (!sent) {
                return 0;
            }
        }
        return segments;
    }
}
