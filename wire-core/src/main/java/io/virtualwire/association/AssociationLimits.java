package io.virtualwire.association;

import java.time.Duration;

/**
 * The times and volumes that govern associations; {@link #DEFAULT} is docs/wire-protocol.md section 3, tests take shorter
 * ones.
 *
 * @param keepalive how often each side asks whether the path still answers
 * @param suspectAfter how long a path may be silent before it is suspect
 * @param deadAfter how long a session may be silent before it is given up
 * @param grace how long an old session is still received on after its last datagram
 * @param linger how long a session that neither side needs any more is kept, in case it is needed again
 * @param rekeyAfter how old a session may grow before it is followed by a new one
 * @param rekeyAtDatagrams after how many datagrams in one direction it is
 * @param mostDatagrams how many datagrams are sealed with one key at most
 * @param firstRedial the wait after a first failed dial
 * @param longestRedial the longest wait between two dials
 * @param handshake how long a peer may take from its first byte to its {@code hello}
 * @param mostHandshakes how many strangers may be amid that at once; from one source a quarter of that
 * @param mostAssociations how many peers there may be
 */
public record AssociationLimits(
        Duration keepalive,
        Duration suspectAfter,
        Duration deadAfter,
        Duration grace,
        Duration linger,
        Duration rekeyAfter,
        long rekeyAtDatagrams,
        long mostDatagrams,
        Duration firstRedial,
        Duration longestRedial,
        Duration handshake,
        int mostHandshakes,
        int mostAssociations) {
    public static final AssociationLimits DEFAULT = new AssociationLimits(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofMinutes(50),
            1L << 26,
            1L << 27,
            Duration.ofMillis(100),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            64,
            16_384);

    /** The same with other re-key thresholds; {@code mostDatagrams} becomes twice {@code atDatagrams}. */
    public AssociationLimits rekeying(Duration after, long atDatagrams) {
        return new AssociationLimits(
                keepalive,
                suspectAfter,
                deadAfter,
                grace,
                linger,
                after,
                atDatagrams,
                2 * atDatagrams,
                firstRedial,
                longestRedial,
                handshake,
                mostHandshakes,
                mostAssociations);
    }

    /** The same with another patience for silent paths and sessions. */
    public AssociationLimits silence(Duration newKeepalive, Duration suspect, Duration dead, Duration newGrace) {
        return new AssociationLimits(
                newKeepalive,
                suspect,
                dead,
                newGrace,
                linger,
                rekeyAfter,
                rekeyAtDatagrams,
                mostDatagrams,
                firstRedial,
                longestRedial,
                handshake,
                mostHandshakes,
                mostAssociations);
    }

    /** The same with another patience for strangers. */
    public AssociationLimits handshaking(Duration deadline, int most) {
        return new AssociationLimits(
                keepalive,
                suspectAfter,
                deadAfter,
                grace,
                linger,
                rekeyAfter,
                rekeyAtDatagrams,
                mostDatagrams,
                firstRedial,
                longestRedial,
                deadline,
                most,
                mostAssociations);
    }

    /** The same with another patience for sessions that nobody needs. */
    public AssociationLimits lingering(Duration newLinger) {
        return new AssociationLimits(
                keepalive,
                suspectAfter,
                deadAfter,
                grace,
                newLinger,
                rekeyAfter,
                rekeyAtDatagrams,
                mostDatagrams,
                firstRedial,
                longestRedial,
                handshake,
                mostHandshakes,
                mostAssociations);
    }

    /** How long a path may leave a keep-alive unanswered before other addresses are tried. */
    Duration doubtAfter() {
        return keepalive.multipliedBy(3).dividedBy(2);
    }
}
