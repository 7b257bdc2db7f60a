package io.virtualwire.frame;

/**
 * A reusable place for one frame: an array, where the frame lies in it, and the headroom before it.
 *
 * <p>For frames that are kept beyond the call that brought them. Not for use by two threads.
 */
public final class FrameBuffer {
    private final byte[] bytes;
    private final int headroom;
    private int offset;
    private int length;

    /**
     * @param headroom bytes kept free before a frame, for headers to be put in front without moving it
     * @param capacity the longest frame
     */
    public FrameBuffer(int headroom, int capacity) {
        this.bytes = new byte[headroom + capacity];
        this.headroom = headroom;
        this.offset = headroom;
    }

    /** A buffer without headroom for any frame. */
    public static FrameBuffer ofMaximum() {
        return new FrameBuffer(0, VirtioNetHeader.MAX_FRAME_LENGTH);
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Where the frame begins. */
    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** The longest frame that fits behind the full headroom. */
    public int capacity() {
        return bytes.length - headroom;
    }

    /** Copies a frame in, behind the full headroom; false, and nothing changed, if it is too long. */
    public boolean set(byte[] source, int sourceOffset, int sourceLength) {
        if (sourceLength > capacity()) {
            return false;
        }
        System.arraycopy(source, sourceOffset, bytes, headroom, sourceLength);
        offset = headroom;
        length = sourceLength;
        return true;
    }

    /** Says that a frame of this length was written behind the full headroom. */
    public void filled(int frameLength) {
        if (frameLength < 0 || frameLength > capacity()) {
            throw new IllegalArgumentException(frameLength + " bytes do not fit into " + capacity());
        }
        offset = headroom;
        length = frameLength;
    }

    /** Takes {@code count} bytes of the headroom to the front of the content, and returns where they begin. */
    public int prepend(int count) {
        if (count < 0 || count > offset) {
            throw new IllegalArgumentException(count + " bytes do not fit into a headroom of " + offset);
        }
        offset -= count;
        length += count;
        return offset;
    }
}
