package io.virtualwire.association;

import java.time.Duration;

/**
 * One session as it is now.
 *
 * @param current whether it is sent on
 * @param dialled whether this daemon dialled it
 * @param ready whether the peer can be sent to on it
 * @param controlStream whether its control stream is there
 * @param cipher what its datagrams are sealed with
 * @param sent datagrams sent on it
 * @param received authentic datagrams received on it
 */
public record SessionStatus(
        boolean current,
        boolean dialled,
        boolean ready,
        boolean controlStream,
        String cipher,
        Duration age,
        long sent,
        long received) {

    static SessionStatus of(Session session, boolean current, long now) {
        return new SessionStatus(
                current,
                session.dialled(),
                session.ready(),
                session.stream().isOpen(),
                session.suite().wireName(),
                Duration.ofNanos(now - session.installedAt()),
                session.sent(),
                session.received());
    }
}
