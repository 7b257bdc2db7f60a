package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Who this process is at present and whom it believes: credentials that may be renewed while it runs, the lists of those that
 * are believed no more, and the connections that depend on both.
 *
 * <p>Safe for every thread.
 */
public final class OwnIdentity {
    private final Revocations revocations;
    private final InstantSource clock;
    private final Ticker ticker;
    private final Proofs proofs = new Proofs();
    private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
    private volatile Credentials credentials;
    private volatile Consumer<String> cuts = fault -> {};

    /**
     * @param clock what certificates are judged by in a handshake
     * @param ticker what they are judged by afterwards, so that a clock that is set ends nothing
     */
    public OwnIdentity(Credentials credentials, Revocations revocations, InstantSource clock, Ticker ticker) {
        this.credentials = credentials;
        this.revocations = revocations;
        this.clock = clock;
        this.ticker = ticker;
        revocations.load(credentials.authorities());
        revocations.onChange(list -> review());
    }

    /** Credentials that are not renewed, by the machine's clocks. */
    public static OwnIdentity of(Credentials credentials) {
        return new OwnIdentity(credentials, Revocations.inMemory(), InstantSource.system(), Ticker.system());
    }

    /** Who this process proves to be. */
    public Identity identity() {
        return credentials.identity();
    }

    /** What the next handshake is made with. */
    public Credentials credentials() {
        return credentials;
    }

    /** Whom it believes: the authorities of its credentials, and those that took the place of any. */
    public List<X509Certificate> authorities() {
        return revocations.trusted(credentials.authorities());
    }

    /** How long peers will believe what it shows in handshakes, unless it is renewed. */
    public Duration left() {
        return credentials.left(clock.instant());
    }

    /** Uses other credentials of the same identity from the next handshake on; connections stay. */
    public void renew(Credentials newer) {
        if (!newer.identity().equals(identity())) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot become " + newer.identity() + ": this process is " + identity(),
                    "start another process for another identity");
        }
        revocations.load(newer.authorities());
        credentials = newer;
        review();
    }

    /** Those who are believed no more. */
    public Revocations revocations() {
        return revocations;
    }

    /** Takes a list that somebody brought; see {@link Revocations#offer}. */
    public boolean offer(RevocationList list) {
        return revocations.offer(list, authorities());
    }

    /** Tells of every connection that is cut, and why. */
    public void onCut(Consumer<String> listener) {
        cuts = listener;
    }

    /** Cuts the connections of all whose certificates hold no more; called once in a while. */
    public void review() {
        long now = ticker.nanoTime();
        guards.removeIf(guard -> guard.cutIfEnded(now));
    }

    Instant now() {
        return clock.instant();
    }

    Proofs proofs() {
        return proofs;
    }

    Ticker ticker() {
        return ticker;
    }

    Guard guard(Standing standing, Runnable cut) {
        Guard guard = new Guard(standing, cut, fault -> cuts.accept(fault), guards::remove);
        guards.add(guard);
        if (guard.cutIfEnded(ticker.nanoTime())) {
            guards.remove(guard);
        }
        return guard;
    }
}
