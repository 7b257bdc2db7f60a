package io.virtualwire.association;

import io.virtualwire.identity.Standing;
import java.net.InetAddress;

/** The control stream of a session, as long as there is one. */
interface SessionStream {
    /** Queues a message; false if the stream has ended, or ends now because the peer does not read. */
    boolean send(StreamMessage message);

    /** Queues a run of datagrams, whose bytes are copied; false if the stream has ended, or too many wait already. */
    boolean send(byte[] datagrams, int offset, int length, int datagramSize);

    /** Ends the stream after what was queued, and this, has been written. */
    void finish(StreamMessage last);

    /** Ends the stream after what was queued has been written; the peer is told nothing. */
    void leave();

    /** Ends the stream at once. */
    void cut();

    /** Whether messages can still be sent. */
    boolean isOpen();

    /** Where the peer's end of the connection is, or was. */
    InetAddress remoteAddress();

    /** Whether the connection leads through another daemon, at whose address its end is. */
    boolean isRelayed();

    /** What the handshake proved, and how long that holds. */
    Standing standing();
}
