package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostService;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The {@code wire} command on a host, with the daemons' wire home and as their user. */
final class WireThere {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    static final String USER = "virtualwire";

    private final HostShell shell;
    private final OwnCommand own;
    private final String home;
    private final boolean superuser;

    WireThere(HostShell shell, OwnCommand own) {
        this(shell, own, shell.layout().state(), shell.layout().shared());
    }

    private WireThere(HostShell shell, OwnCommand own, String home, boolean superuser) {
        this.shell = shell;
        this.own = own;
        this.home = home;
        this.superuser = superuser;
    }

    /** The same as the superuser, with a wire home that no daemon of ours can read. */
    WireThere asSuperuser(String folder) {
        return new WireThere(shell, own, folder, true);
    }

    /** What a command prints; it must succeed. */
    String say(byte[] input, String... arguments) {
        List<String> line = new ArrayList<>();
        if (!superuser) {
            line.addAll(List.of("runuser", "-u", USER, "--"));
        }
        line.addAll(command());
        line.addAll(List.of(arguments));
        CommandResult result = shell.run(LIMIT, line, input);
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "'wire " + arguments[0] + " " + arguments[1] + "' failed on the host: "
                            + result.output().strip(),
                    "see that the same release is installed there");
        }
        return result.output();
    }

    /** A daemon that runs with a file of configuration. */
    HostService daemon(String kind) {
        List<String> line = new ArrayList<>(command());
        line.addAll(List.of(kind, "run", "--config", configuration(kind)));
        return new HostService("virtualwire-" + kind, line);
    }

    String configuration(String kind) {
        return shell.layout().configuration() + "/" + kind + ".yaml";
    }

    String credentials(String name) {
        return shell.layout().state() + "/" + name + ".wire";
    }

    private List<String> command() {
        boolean shared = shell.layout().shared();
        // What runs there is what runs here: a build in the middle of it would be another.
        return List.of(
                "env",
                "WIRE_HOME=" + home,
                "WIRE_NO_BUILD=1",
                shared ? own.required().toString() : "wire");
    }
}
