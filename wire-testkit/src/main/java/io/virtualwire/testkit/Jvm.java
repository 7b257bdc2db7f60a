package io.virtualwire.testkit;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a test starts a JVM: with its own class path; or, where {@code -Dwire.packed=JAR} says that all has just been packed, as
 * bin/wire does it, from there and with the ahead-of-time caches that bin/wire has trained, which takes a fraction of the time.
 */
public enum Jvm {
    /** Runs on, as a connector or a node. */
    DAEMON("wire-daemons.aot"),
    /** Does one thing and ends. */
    COMMAND("wire.aot");

    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final List<String> MODULES =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private static final String CONNECTOR_CACHE = "wire-connector.aot";

    private final String cache;

    Jvm(String cache) {
        this.cache = cache;
    }

    /**
     * The command line.
     *
     * @param options further options of the JVM, which overrule those for a quick start
     */
    public List<String> command(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(QUICK);
        String own = System.getProperty("java.class.path");
        String packed = System.getProperty("wire.packed", "");
        if (packed.isEmpty() || !Files.exists(Path.of(packed))) {
            command.addAll(moduleFlags());
            command.addAll(options);
            command.addAll(List.of("-cp", own));
        } else {
            // Flags as those of this process would rule the cache out.
            command.addAll(MODULES);
            boolean connector = arguments.length > 0 && arguments[0].equals("connector");
            Path trained = Path.of(packed).resolveSibling(connector ? CONNECTOR_CACHE : cache);
            // Java ignores a cache of other jars, and says so unless it is told not to.
            if (Files.exists(trained)) {
                command.addAll(List.of("-XX:AOTCache=" + trained, "-Xlog:aot=off", "-Xlog:cds=off"));
            }
            command.addAll(options);
            command.addAll(List.of("-cp", behind(packed, own)));
        }
        command.add(main.getName());
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private static List<String> moduleFlags() {
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .toList();
        return flags.isEmpty() ? MODULES : flags;
    }

    /** What is packed is found there, and not twice; the rest of the class path is tests. */
    private static String behind(String packed, String own) {
        return Stream.concat(
                        Stream.of(packed),
                        Arrays.stream(own.split(File.pathSeparator)).filter(entry -> !entry.endsWith("target/classes")))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
