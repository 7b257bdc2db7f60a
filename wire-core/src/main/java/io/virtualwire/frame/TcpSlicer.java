package io.virtualwire.frame;

/**
 * Cuts a frame that is yet to be cut into TCP segments into several that are smaller; each is what the guest's kernel could have sent
 * itself, with its checksum still to be filled in.
 *
 * <p>Not for use by two threads; the frame that is given stays as it is.
 */
public final class TcpSlicer {
    private static final int SEQUENCE_FIELD_OFFSET = 4;
    private static final int FLAGS_FIELD_OFFSET = 13;
    private static final int FIN_OR_PUSH = 0x09;
    private static final int CWR = 0x80;

    private final byte[] slice = new byte[VirtioNetHeader.MAX_FRAME_LENGTH];
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final TransportHeaders headers = new TransportHeaders();

    /**
     * Gives {@code output} the same bytes in frames of {@code most} bytes, and what is left in one that is shorter, if that is
     * possible. The last segment of each may be smaller than the guest would have had it.
     *
     * @param most bytes of a frame, virtio-net header included
     * @return false if the frame is none of TCP's that can be cut, or what there is no room for; then there was no output
     */
    /* HOT PATH */
    public boolean slice(byte[] bytes, int offset, int length, int most, FinishOffloads.Output output) {
        header.wrap(bytes, offset, length);
        if (!header.isGso()
                || header.gsoType() == VirtioNetHeader.GSO_UDP_L4
                || header.validate() != VirtioFault.NONE
                || !headers.parse(bytes, offset + VirtioNetHeader.LENGTH, length - VirtioNetHeader.LENGTH)) {
            return false;
        }
        int prefix = VirtioNetHeader.LENGTH + headers.payloadOffset();
        int gsoSize = header.gsoSize();
        int room = most - prefix;
        if (room <= 0) {
            return false;
        }
        int payload = length - prefix;
        int segments = 0;
        for (int at = 0; at < payload; at += room) {
            int here = Math.min(room, payload - at);
            System.arraycopy(bytes, offset, slice, 0, prefix);
            System.arraycopy(bytes, offset + prefix + at, slice, prefix, here);
            finish(prefix, here, gsoSize, at, segments, at + here == payload);
            output.frame(slice, 0, prefix + here);
            segments += Math.ceilDiv(here, gsoSize);
        }
        return true;
    }

    private void finish(int prefix, int size, int gsoSize, int at, int segmentsBefore, boolean last) {
        int length = prefix + size;
        header.wrap(slice, 0, length);
        if (size <= gsoSize) {
            header.gsoType(VirtioNetHeader.GSO_NONE).gsoSize(0);
        }
        finishNetwork(length, segmentsBefore);
        int transport = VirtioNetHeader.LENGTH + headers.transportOffset();
        int sequence = (TransportHeaders.unsignedShort(slice, transport + SEQUENCE_FIELD_OFFSET) << 16
                        | TransportHeaders.unsignedShort(slice, transport + SEQUENCE_FIELD_OFFSET + 2))
                + at;
        TransportHeaders.putShort(slice, transport + SEQUENCE_FIELD_OFFSET, sequence >>> 16);
        TransportHeaders.putShort(slice, transport + SEQUENCE_FIELD_OFFSET + 2, sequence);
        if (!last) {
            slice[transport + FLAGS_FIELD_OFFSET] &= (byte) ~FIN_OR_PUSH;
        }
        if (at > 0) {
            // Congestion is answered once, by the first.
            slice[transport + FLAGS_FIELD_OFFSET] &= (byte) ~CWR;
            if (header.hasEcn()) {
                header.gsoType(header.gsoType());
            }
        }
        putPseudoHeaderSum(transport, length - transport);
    }

    private void finishNetwork(int length, int segmentsBefore) {
        int at = VirtioNetHeader.LENGTH + headers.networkOffset();
        if (!headers.isIpv4()) {
            TransportHeaders.putShort(
                    slice,
                    at + TransportHeaders.IPV6_LENGTH_FIELD_OFFSET,
                    length - at - TransportHeaders.IPV6_HEADER_LENGTH);
            return;
        }
        int id = at + TransportHeaders.IPV4_ID_FIELD_OFFSET;
        int checksum = at + TransportHeaders.IPV4_CHECKSUM_FIELD_OFFSET;
        TransportHeaders.putShort(slice, at + TransportHeaders.IPV4_LENGTH_FIELD_OFFSET, length - at);
        TransportHeaders.putShort(slice, id, TransportHeaders.unsignedShort(slice, id) + segmentsBefore);
        TransportHeaders.putShort(slice, checksum, 0);
        int headerLength = headers.transportOffset() - headers.networkOffset();
        TransportHeaders.putShort(
                slice, checksum, InternetChecksum.fold(InternetChecksum.add(0, slice, at, headerLength)));
    }

    /** As a kernel leaves it where the checksum is to be. */
    private void putPseudoHeaderSum(int transport, int covered) {
        int network = VirtioNetHeader.LENGTH + headers.networkOffset();
        long sum = headers.isIpv4()
                ? InternetChecksum.add(0, slice, network + TransportHeaders.IPV4_SOURCE_FIELD_OFFSET, 8)
                : InternetChecksum.add(0, slice, network + TransportHeaders.IPV6_SOURCE_FIELD_OFFSET, 32);
        sum += covered + headers.protocol();
        TransportHeaders.putShort(slice, transport + headers.checksumOffset(), ~InternetChecksum.fold(sum) & 0xffff);
    }
}
