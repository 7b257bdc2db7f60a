package io.virtualwire.cli.command;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a JVM is started for {@code wire}: as bin/wire does it, from the packed jars and with the ahead-of-time caches, where Maven has
 * packed them and bin/wire has trained them; from this test's class path otherwise.
 */
final class Launch {
    private static final Set<String> DAEMONS = Set.of("connector run", "node run", "authority run");

    private Launch() {}

    static List<String> java(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        String classPath = System.getProperty("java.class.path");
        String packed = System.getProperty("wire.packed", "");
        if (!packed.isEmpty()) {
            Path jar = Path.of(packed);
            // Java ignores a cache of other jars, and says so unless it is told not to.
            Path cache = jar.resolveSibling(isDaemon(arguments) ? "wire-daemons.aot" : "wire.aot");
            if (Files.exists(cache)) {
                command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
            }
            // What is packed there must not be found twice.
            classPath = Stream.concat(
                            Stream.of(packed),
                            Arrays.stream(classPath.split(File.pathSeparator))
                                    .filter(entry -> !entry.endsWith("target/classes")))
                    .collect(Collectors.joining(File.pathSeparator));
        }
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isDaemon(String... arguments) {
        return arguments.length > 1 && DAEMONS.contains(arguments[0] + " " + arguments[1]);
    }
}
