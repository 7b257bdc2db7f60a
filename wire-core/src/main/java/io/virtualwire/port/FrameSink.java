package io.virtualwire.port;

/** Who gets the frames that come out of a {@link Port}. */
@FunctionalInterface
public interface FrameSink {
    /** A frame, virtio-net header first; valid during this call only, and not to be changed. */
    void frame(byte[] bytes, int offset, int length);
}
