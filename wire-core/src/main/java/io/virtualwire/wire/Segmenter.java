package io.virtualwire.wire;

/** Cuts frames into messages of what the path carries now, in place. */
final class Segmenter {
    private final MessageHeader header = new MessageHeader();

    /**
     * Sends a frame.
     *
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
            int length) {
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
        // Even pieces, not full ones and a stub: those of one frame after the other then share a call to the kernel.
        int segments = Math.ceilDiv(length, budget);
        int size = Math.ceilDiv(length, segments);
        for (int at = 0; at < length; at += size) {
            header.byteOffset(at);
            if (!path.send(header, plain, bytes, offset + at, Math.min(size, length - at))) {
                return 0;
            }
        }
        return segments;
    }
}
