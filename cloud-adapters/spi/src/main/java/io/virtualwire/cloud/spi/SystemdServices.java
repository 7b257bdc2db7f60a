package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Daemons as units of a host's systemd, which the package installed there. */
public final class SystemdServices implements Services {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final HostShell shell;

    public SystemdServices(HostShell shell) {
        this.shell = shell;
    }

    /** Whether the host is run by systemd. */
    public static boolean runs(HostShell shell) {
        return shell.run(LIMIT, List.of("test", "-d", "/run/systemd/system")).succeeded();
    }

    @Override
    public void start(HostService service) {
        require("start", service.unit(), "systemctl", "enable", "--now", service.unit());
    }

    @Override
    public void restart(HostService service) {
        require("enable", service.unit(), "systemctl", "enable", service.unit());
        require("restart", service.unit(), "systemctl", "restart", service.unit());
    }

    @Override
    public void stop(String unit) {
        if (shell.run(LIMIT, List.of("systemctl", "cat", unit)).succeeded()) {
            require("stop", unit, "systemctl", "disable", "--now", unit);
        }
    }

    @Override
    public boolean running(String unit) {
        return shell.run(LIMIT, List.of("systemctl", "is-active", "--quiet", unit))
                .succeeded();
    }

    @Override
    public String log(String unit, int lines) {
        return shell.run(
                        LIMIT,
                        List.of("journalctl", "--unit", unit, "--lines", Integer.toString(lines), "-o", "cat", "-q"))
                .output();
    }

    private void require(String what, String unit, String... command) {
        CommandResult result = shell.run(LIMIT, new ArrayList<>(List.of(command)));
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot " + what + " " + unit + ": " + result.output().strip(),
                    "see 'journalctl -u " + unit + "' on that host");
        }
    }
}
