package io.virtualwire.transport;

/** Who receives what arrives at a {@link Transport}. */
@FunctionalInterface
public interface DatagramSink {
    /**
     * A run arrived.
     *
     * @param bytes the transport's own; may be overwritten during this call, not kept
     * @param length at least 1
     * @param segmentSize bytes of each datagram but the last, at least 1; at least {@code length} if there is only one
     * @param source who sent it according to its IP header, which anybody can forge; may be kept
     */
    void datagrams(byte[] bytes, int offset, int length, int segmentSize, UnderlayAddress source);
}
