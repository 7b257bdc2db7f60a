package io.virtualwire.association;

import io.virtualwire.transport.UnderlayAddress;

/**
 * The control stream as a way for datagrams where UDP does not pass (docs/wire-protocol.md section 3.5): among a peer's
 * addresses the last, asked, proved, used and left as any other.
 */
final class StreamWay {
    /** The word in {@code hello} for it. */
    static final String FEATURE = "stream-datagrams";

    /** What stands for it where addresses stand: in a block that nobody routes (RFC 6666), with a port that nobody has. */
    static final UnderlayAddress ADDRESS = new UnderlayAddress(0x0100L << 48, 1, 0, 0);

    private StreamWay() {}
}
