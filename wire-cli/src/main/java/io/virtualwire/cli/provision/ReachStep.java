package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Waits until commands can be run on the machine. */
final class ReachStep implements HostStep {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Set<ErrorCode> PASSING = Set.of(ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT);
    /* A machine that boots lets nobody in before it has put our key where it belongs. */
    private static final Set<ErrorCode> PASSING_AT_BOOT =
            Set.of(ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT, ErrorCode.UNAUTHENTICATED);

    private final Patiently patiently;

    private final Consumer<Site> found;

    /** @param found hears of each machine that answers, before any daemon is started */
    ReachStep(Patiently patiently, Consumer<Site> found) {
        this.patiently = patiently;
        this.found = found;
    }

    @Override
    public Step reaches() {
        return Step.REACHABLE;
    }

    @Override
    public boolean isLooked() {
        return true;
    }

    @Override
    public String take(Site site) {
        boolean boots = site.record().made() && site.record().wanted().where() == null;
        String system = patiently.ask(boots ? PASSING_AT_BOOT : PASSING, () -> open(site));
        found.accept(site);
        return system;
    }

    private static String open(Site site) {
        HostShell shell = site.cloud().shell(site.host());
        try {
            CommandResult result = shell.run(LIMIT, List.of("uname", "-sr"));
            if (!result.succeeded()) {
                throw new WireException(
                        ErrorCode.FORBIDDEN,
                        "no command can be run on " + site.name() + " as its superuser: "
                                + result.output().strip(),
                        "log in as root, or let the user do all by sudo without a password");
            }
            site.opened(shell);
            return result.output().strip();
        } catch (WireException e) {
            shell.close();
            throw e;
        }
    }
}
