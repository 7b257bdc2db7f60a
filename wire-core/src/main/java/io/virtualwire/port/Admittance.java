package io.virtualwire.port;

import io.virtualwire.frame.VirtioFault;
import io.virtualwire.frame.VirtioNetHeader;
import org.jspecify.annotations.Nullable;

/** Says whether a frame may go to a guest: it has a possible length, and a header that does not contradict it. */
final class Admittance {
    private final VirtioNetHeader header = new VirtioNetHeader();

    /** Why not; null if it may. */
    @Nullable
    DropReason refusal(byte[] bytes, int offset, int length) {
        if (length < Port.MIN_FRAME_BYTES || length > Port.MAX_FRAME_BYTES) {
            return DropReason.BAD_FRAME_LENGTH;
        }
        return header.wrap(bytes, offset, length).validate() == VirtioFault.NONE ? null : DropReason.BAD_VIRTIO_HEADER;
    }
}
