package io.virtualwire.wire;

/** The kinds of message, as numbered in docs/wire-protocol.md section 2.1. */
public final class MessageKind {
    public static final int FRAME = 0x01;
    public static final int HELLO = 0x02;
    public static final int HELLO_ACK = 0x03;
    public static final int END = 0x04;
    public static final int END_ACK = 0x05;
    public static final int RELAYED_FRAME = 0x06;
    public static final int RELAYED_END = 0x07;
    public static final int RELAYED_END_ACK = 0x08;
    public static final int KEEPALIVE = 0x20;
    public static final int KEEPALIVE_ACK = 0x21;
    public static final int PROBE = 0x22;
    public static final int PROBE_ACK = 0x23;
    public static final int PATH_CHALLENGE = 0x24;
    public static final int PATH_RESPONSE = 0x25;

    private MessageKind() {}
}
