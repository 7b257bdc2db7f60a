package io.virtualwire.identity;

import io.virtualwire.control.Identity;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one handshake proved, and how long that holds: until the certificate is revoked, or until it, and any that the same
 * peer showed in other handshakes, has ended, with grace.
 *
 * <p>The end is reckoned once, at the handshake, and then counted on the monotonic clock.
 */
public final class Standing {
    private static final int SOONEST_SHARE = 4;
    private static final int LATEST_SHARE = 6;
    private static final int OTHER_SHARE = 8;
    private static final int PEER_SHARE = 16;

    /** For how long what a retired authority's certificate proved still holds, so that a handshake with another may follow. */
    private static final long PARTING = Duration.ofSeconds(3).toNanos();

    private static final long SOON = Duration.ofSeconds(1).toNanos();
    private static final long LOOK = Duration.ofMinutes(1).toNanos();

    private final OwnIdentity self;
    private final Identity peer;
    private final X509Certificate ownCertificate;
    private final X509Certificate peerCertificate;
    private final long madeAt;
    private final long ownEnd;
    private final long peerEnd;
    private final long ownPatience;
    private final long ownLastPatience;
    private final long peerPatience;
    private final long peerPause;
    private Credentials seen;
    private boolean renewed;
    private int judgedVersion = -1;
    private boolean revoked;
    private boolean ownSuperseded;
    private boolean peerSuperseded;
    private boolean retired;
    private long retiredAt;
    private long renewedAt;
    private final long spread = ThreadLocalRandom.current().nextLong(SOON);

    Standing(OwnIdentity self, X509Certificate own, X509Certificate peer) {
        this.self = self;
        this.ownCertificate = own;
        this.peerCertificate = peer;
        this.peer = SubjectNames.of(peer).identity();
        this.madeAt = self.ticker().nanoTime();
        Lifetime ownLifetime = Lifetime.of(own);
        this.ownEnd = madeAt + ownLifetime.left(self.now()).toNanos();
        this.peerEnd = madeAt + Lifetime.of(peer).left(self.now()).toNanos();
        long soonest = ownLifetime.life().dividedBy(SOONEST_SHARE).toNanos();
        long latest = ownLifetime.life().dividedBy(LATEST_SHARE).toNanos();
        long grace = ownLifetime.grace().toNanos();
        // Spread, because a daemon's sessions all have the same certificate.
        this.ownPatience =
                grace + (latest < soonest ? ThreadLocalRandom.current().nextLong(latest, soonest) : soonest);
        this.ownLastPatience = grace + ownLifetime.life().dividedBy(OTHER_SHARE).toNanos();
        Lifetime peerLifetime = Lifetime.of(peer);
        this.peerPause = peerLifetime.life().dividedBy(PEER_SHARE).toNanos();
        this.peerPatience = peerLifetime.grace().toNanos() + peerPause;
        self.proofs().add(this.peer, peerEnd);
        this.seen = self.credentials();
        this.renewed = !seen.certificate().equals(own);
    }

    /** The peer, as proved by its certificate. */
    public Identity peer() {
        return peer;
    }

    /** What this end showed, in DER. */
    public byte[] ownCertificate() {
        return encoded(ownCertificate);
    }

    /** What the peer showed, in DER. */
    public byte[] peerCertificate() {
        return encoded(peerCertificate);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    /** Why this does not hold any more at {@code now}, by the ticker; null while it does. */
    public synchronized @Nullable String fault(long now) {
        String withdrawn = withdrawn(now);
        if (withdrawn != null) {
            return withdrawn;
        }
        return now - self.proofs().end(peer, peerEnd) >= 0
                ? "the certificate of " + peer + " has ended, and it did not show a newer one"
                : null;
    }

    /** Why the authority does not stand by what this proved any more; null while it does, or nobody has said otherwise. */
    public synchronized @Nullable String withdrawn(long now) {
        judge(now);
        if (revoked) {
            return "the certificate of " + peer + " was revoked";
        }
        return retired && now - retiredAt >= PARTING
                ? "the authority that issued the certificate of " + peer + " was retired"
                : null;
    }

    /** What lists say, as long as they are the same ones; signatures take time. */
    private void judge(long now) {
        int version = self.revocations().version();
        if (version == judgedVersion) {
            return;
        }
        judgedVersion = version;
        revoked = self.revocations().isNamed(peerCertificate);
        ownSuperseded = self.revocations().isSuperseded(ownCertificate);
        peerSuperseded = self.revocations().isSuperseded(peerCertificate);
        if (!retired && self.revocations().isOfRetired(peerCertificate)) {
            retired = true;
            retiredAt = now;
        }
    }

    /**
     * Whether another handshake should follow by now, because this end has newer credentials and those that it showed end
     * soon, or the peer's do.
     *
     * @param ours whether this end is the one to see to it; the other one does a little later
     */
    public synchronized boolean isFollowingDue(boolean ours, long now) {
        if (seen != self.credentials()) {
            seen = self.credentials();
            renewed = !seen.certificate().equals(ownCertificate);
            renewedAt = now;
        }
        judge(now);
        if (renewed && ownSuperseded && now - renewedAt >= (ours ? spread : spread + SOON)) {
            return true;
        }
        // Who cannot dial waits for us to ask what it has to show by now.
        if (ours && peerSuperseded && now - madeAt >= (retired ? spread : LOOK)) {
            return true;
        }
        if (renewed && ownEnd - now <= (ours ? ownPatience : ownLastPatience)) {
            return true;
        }
        // A peer that cannot dial may have newer ones to show.
        return ours && peerEnd - now <= peerPatience && now - madeAt >= peerPause;
    }
}
