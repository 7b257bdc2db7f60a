package io.virtualwire.association;

import java.util.Locale;

/** What carries the datagrams to a peer. */
public enum Way {
    /** UDP from this host to the peer's, through whatever network address translation. */
    DIRECT,
    /** TCP with TLS from one to the other, because UDP does not pass. */
    TCP,
    /** TLS from one to the other within TCP to a third daemon, which cannot read it, because the two do not reach each other. */
    RELAY;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** As interfaces and metrics call it. */
    public String wireName() {
        return wireName;
    }
}
