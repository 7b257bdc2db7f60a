package io.virtualwire.cli.command;

import io.virtualwire.authority.Registrar;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the credentials of a daemon: those of its name; else, where the tenant's authority is, new ones; else the only
 * ones that somebody put there.
 */
final class DaemonCredentials {
    /** Where the authority is, credentials that end sooner are issued anew at the start of the daemon. */
    private static final Duration LATEST_RENEWAL = Duration.ofDays(30);

    private final WireHome home;
    private final InstantSource clock;

    DaemonCredentials(WireHome home, InstantSource clock) {
        this.home = home;
        this.clock = clock;
    }

    /**
     * @param named what the daemon is to be called, if somebody said
     * @param otherwise what to call it if nobody did
     */
    Credentials find(Optional<String> named, Supplier<String> otherwise) {
        boolean authority = Files.exists(home.tenantFolder().resolve("ca.key"));
        List<String> names = home.names();
        if (named.isEmpty() && !authority) {
            List<String> others =
                    names.stream().filter(it -> !it.equals(Person.ADMIN)).toList();
            if (others.size() == 1) {
                return home.credentials(others.getFirst());
            }
        }
        String name = named.orElseGet(otherwise);
        if (names.contains(name)) {
            Credentials known = home.credentials(name);
            Instant end = known.certificate().getNotAfter().toInstant();
            if (!authority || end.isAfter(clock.instant().plus(LATEST_RENEWAL))) {
                return known;
            }
        }
        if (!authority) {
            throw new WireException(
                    ErrorCode.UNAUTHENTICATED,
                    "there are no credentials for " + name + " in " + home.folder(),
                    "where you ran 'wire init': wire identity issue " + name + "; then copy " + name + ".wire to "
                            + home.folder() + " here. Or wire token create --name " + name
                            + "; then --enrol TOKEN here. If this is the first host: wire init");
        }
        Credentials issued = Registrar.of(home, clock).issue(name, TenantAuthority.DEFAULT_VALIDITY);
        home.save(issued);
        return issued;
    }
}
