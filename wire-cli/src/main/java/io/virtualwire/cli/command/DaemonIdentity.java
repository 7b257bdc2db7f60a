package io.virtualwire.cli.command;

import io.virtualwire.config.LiveSetting;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.Enrolment;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.enrolment.IdentityKeeper;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who a daemon is, as it starts: enrolled by a token, read from a file, or found in the wire home.
 *
 * @param credentials what it proves that with
 * @param file where those are kept
 */
record DaemonIdentity(Credentials credentials, Path file) {
    private static final InstantSource CLOCK = InstantSource.system();

    /**
     * Finds it.
     *
     * @param token of {@code --enrol}
     * @param patience for how long an authority that does not answer is asked
     * @param given the file of {@code --identity}
     * @param named what the daemon is to be called, if somebody said
     * @param otherwise what to call it if nobody did
     */
    static DaemonIdentity find(
            WireHome home,
            Optional<String> token,
            Duration patience,
            Optional<Path> given,
            Optional<String> named,
            Supplier<String> otherwise) {
        if (token.isPresent()) {
            return enrolled(home, EnrolmentToken.parse(token.get()), patience, given, named);
        }
        if (given.isPresent()) {
            return new DaemonIdentity(Credentials.load(given.get()), given.get());
        }
        Credentials found = new DaemonCredentials(home, CLOCK).find(named, otherwise);
        return new DaemonIdentity(found, home.credentialsFile(found.identity().name()));
    }

    /** Begins to use it, and to keep it: with these authorities trusted too, and what was revoked noted under {@code state}. */
    Kept keep(List<Path> trust, Path state) {
        OwnIdentity self = new OwnIdentity(
                trusting(credentials, trust), Revocations.in(state.resolve("revocations")), CLOCK, Ticker.system());
        return new Kept(self, file, IdentityKeeper.start(self, file, CLOCK, Ticker.system()));
    }

    private static Credentials trusting(Credentials credentials, List<Path> trust) {
        Credentials trusting = credentials;
        for (Path authority : trust) {
            trusting = trusting.trusting(TenantAuthority.loadCertificate(authority));
        }
        return trusting;
    }

    /** An identity in use, and what keeps it good until it is closed. */
    record Kept(OwnIdentity self, Path file, IdentityKeeper keeper) implements AutoCloseable {
        /** The key of a configuration file that names further authorities; who is trusted no more can make no new connection. */
        <F> LiveSetting<F> trusting(Function<F, List<Path>> key) {
            return said -> {
                Credentials wanted = DaemonIdentity.trusting(Credentials.load(file), key.apply(said));
                boolean same = Set.copyOf(wanted.authorities())
                        .equals(Set.copyOf(self.credentials().authorities()));
                return same ? Optional.empty() : Optional.of(() -> self.renew(wanted));
            };
        }

        @Override
        public void close() {
            keeper.close();
        }
    }

    private static DaemonIdentity enrolled(
            WireHome home, EnrolmentToken token, Duration patience, Optional<Path> given, Optional<String> named) {
        String name = token.identity().name();
        if (named.isPresent() && !named.get().equals(name)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot enrol as " + named.get() + ": the token is for " + name,
                    "make one with 'wire token create --name " + named.get() + "', or leave the name out");
        }
        Path file = given.orElseGet(() -> home.credentialsFile(name));
        return new DaemonIdentity(new Enrolment(file, CLOCK).by(token, patience), file);
    }
}
