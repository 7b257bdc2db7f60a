package io.virtualwire.frame;

/**
 * Does in software what a frame's virtio-net header has left to do: cuts a super-frame into segments, fills in checksums.
 *
 * <p>For ports that cannot take offloads. Not for use by two threads; the frame that is given stays as it is.
 */
public final class FinishOffloads {

    /** Who gets the finished frames. */
    @FunctionalInterface
    public interface Output {
        /** A frame behind a virtio-net header that says nothing is left to do; valid during this call only. */
        void frame(byte[] bytes, int offset, int length);
    }

    private static final int TCP_SEQUENCE_FIELD_OFFSET = 4;
    private static final int TCP_FLAGS_FIELD_OFFSET = 13;
    private static final int TCP_FIN_OR_PUSH = 0x09;
    private static final int TCP_CWR = 0x80;
    private static final int UDP_LENGTH_FIELD_OFFSET = 4;

    private final byte[] scratch = new byte[VirtioNetHeader.MAX_FRAME_LENGTH];
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final TransportHeaders headers = new TransportHeaders();

    /**
     * Finishes one frame.
     *
     * @return what is wrong with the frame, if anything; then there was no output
     */
    public VirtioFault finish(byte[] bytes, int offset, int length, Output output) {
        VirtioFault fault = header.wrap(bytes, offset, length).validate();
        if (fault != VirtioFault.NONE) {
            return fault;
        }
        if (!header.isGso()) {
            finishChecksum(bytes, offset, length, output);
        } else {
            segment(bytes, offset, length, output);
        }
        return VirtioFault.NONE;
    }

    private void finishChecksum(byte[] bytes, int offset, int length, Output output) {
        if (!header.needsChecksum() && header.flags() == 0) {
            output.frame(bytes, offset, length);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        VirtioNetHeader.clear(scratch, 0);
        if (header.needsChecksum()) {
            // Whoever asked for the checksum has left the pseudo-header's sum in its place, so it is part of what is
            // summed.
            int start = VirtioNetHeader.LENGTH + header.checksumStart();
            long sum = InternetChecksum.add(0, scratch, start, length - start);
            putChecksum(start + header.checksumOffset(), sum);
        }
        output.frame(scratch, 0, length);
    }

    private void segment(byte[] bytes, int offset, int length, Output output) {
        int ethernet = offset + VirtioNetHeader.LENGTH;
        int ethernetLength = length - VirtioNetHeader.LENGTH;
        headers.parse(bytes, ethernet, ethernetLength);
        int gsoSize = header.gsoSize();
        int headersLength = headers.payloadOffset();
        int payload = ethernetLength - headersLength;
        VirtioNetHeader.clear(scratch, 0);
        for (int done = 0, index = 0; done < payload; done += gsoSize, index++) {
            int size = Math.min(gsoSize, payload - done);
            System.arraycopy(bytes, ethernet, scratch, VirtioNetHeader.LENGTH, headersLength);
            System.arraycopy(
                    bytes, ethernet + headersLength + done, scratch, VirtioNetHeader.LENGTH + headersLength, size);
            finishNetwork(headersLength + size, index);
            if (headers.isTcp()) {
                finishTcp(done, index == 0, done + size == payload);
            } else {
                finishUdp(size);
            }
            finishTransportChecksum(headersLength + size);
            output.frame(scratch, 0, VirtioNetHeader.LENGTH + headersLength + size);
        }
    }

    private void finishNetwork(int segmentLength, int index) {
        int at = VirtioNetHeader.LENGTH + headers.networkOffset();
        int length = segmentLength - headers.networkOffset();
        if (!headers.isIpv4()) {
            TransportHeaders.putShort(
                    scratch,
                    at + TransportHeaders.IPV6_LENGTH_FIELD_OFFSET,
                    length - TransportHeaders.IPV6_HEADER_LENGTH);
            return;
        }
        int id = at + TransportHeaders.IPV4_ID_FIELD_OFFSET;
        int checksum = at + TransportHeaders.IPV4_CHECKSUM_FIELD_OFFSET;
        TransportHeaders.putShort(scratch, at + TransportHeaders.IPV4_LENGTH_FIELD_OFFSET, length);
        TransportHeaders.putShort(scratch, id, TransportHeaders.unsignedShort(scratch, id) + index);
        TransportHeaders.putShort(scratch, checksum, 0);
        int headerLength = headers.transportOffset() - headers.networkOffset();
        TransportHeaders.putShort(
                scratch, checksum, InternetChecksum.fold(InternetChecksum.add(0, scratch, at, headerLength)));
    }

    private void finishTcp(int done, boolean first, boolean last) {
        int at = VirtioNetHeader.LENGTH + headers.transportOffset();
        int sequenceAt = at + TCP_SEQUENCE_FIELD_OFFSET;
        int sequence = (TransportHeaders.unsignedShort(scratch, sequenceAt) << 16
                        | TransportHeaders.unsignedShort(scratch, sequenceAt + 2))
                + done;
        TransportHeaders.putShort(scratch, sequenceAt, sequence >>> 16);
        TransportHeaders.putShort(scratch, sequenceAt + 2, sequence);
        int kept = 0xff;
        if (!first) {
            // The sender reacts to congestion once, not once a segment.
            kept &= ~TCP_CWR;
        }
        if (!last) {
            kept &= ~TCP_FIN_OR_PUSH;
        }
        scratch[at + TCP_FLAGS_FIELD_OFFSET] &= (byte) kept;
    }

    private void finishUdp(int size) {
        int at = VirtioNetHeader.LENGTH + headers.transportOffset();
        TransportHeaders.putShort(scratch, at + UDP_LENGTH_FIELD_OFFSET, size + TransportHeaders.UDP_HEADER_LENGTH);
    }

    private void finishTransportChecksum(int segmentLength) {
        int network = VirtioNetHeader.LENGTH + headers.networkOffset();
        int transport = VirtioNetHeader.LENGTH + headers.transportOffset();
        int covered = segmentLength - headers.transportOffset();
        int checksum = transport + headers.checksumOffset();
        TransportHeaders.putShort(scratch, checksum, 0);
        long sum = headers.isIpv4()
                ? InternetChecksum.add(0, scratch, network + TransportHeaders.IPV4_SOURCE_FIELD_OFFSET, 8)
                : InternetChecksum.add(0, scratch, network + TransportHeaders.IPV6_SOURCE_FIELD_OFFSET, 32);
        sum += covered + headers.protocol();
        putChecksum(checksum, InternetChecksum.add(sum, scratch, transport, covered));
    }

    private void putChecksum(int at, long sum) {
        int value = InternetChecksum.fold(sum);
        // Zero would say "no checksum" in UDP; its ones' complement twin means the same number.
        TransportHeaders.putShort(scratch, at, value == 0 ? 0xffff : value);
    }
}
