package io.virtualwire.wire;

/** What a {@link WirePath} reports, on the owner thread. */
public interface PathListener {

    /** A session became ready; offers are to be repeated. {@code newInstance}: the peer process is another than before. */
    void sessionUp(WirePath path, boolean newInstance);

    /** No session is left. */
    void sessionDown(WirePath path);

    /** An authentic message with a wire index other than 0 arrived; the bytes are valid during this call only. */
    void message(WirePath path, MessageHeader header, boolean plain, byte[] bytes, int offset, int length);

    /** The peer said something on the control stream. */
    void told(WirePath path, PeerMessage message);
}
