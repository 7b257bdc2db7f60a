package io.virtualwire.cli.command;

import io.virtualwire.testkit.Jvm;
import java.util.List;
import java.util.Set;

/** How a JVM is started for {@code wire}. */
final class Launch {
    private static final Set<String> DAEMONS = Set.of("connector run", "node run", "authority run");

    private Launch() {}

    static List<String> java(List<String> options, Class<?> main, String... arguments) {
        boolean runsOn = arguments.length > 1 && DAEMONS.contains(arguments[0] + " " + arguments[1]);
        return (runsOn ? Jvm.DAEMON : Jvm.COMMAND).command(options, main, arguments);
    }
}
