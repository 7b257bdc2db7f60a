package io.virtualwire.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What there is of everything that a move could leave behind: on both hosts endpoints, sides, interfaces and processes; in every
 * daemon file descriptors and threads.
 */
record Census(Map<String, Long> counts) {

    static Census of(MachineLab lab) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        for (String host : new String[] {"e1", "w1"}) {
            counts.put(host + " endpoints", (long) lab.endpoints(host).size());
            counts.put(host + " sides", (long) lab.json("ls", "--host", host).size());
            counts.put(host + " interfaces", lines(lab, host, "ip", "-o", "link"));
            counts.put(
                    host + " processes",
                    lab.namespace(host)
                            .run("ip", "netns", "pids", lab.namespace(host).name())
                            .text()
                            .lines()
                            .map(pid -> name(pid.strip()))
                            .filter(name -> name.startsWith("qemu") || name.startsWith("libvirt"))
                            .count());
        }
        lab.daemons().forEach((name, daemon) -> {
            counts.put(name + " descriptors", entries(Path.of("/proc", Long.toString(daemon.pid()), "fd")));
            counts.put(name + " threads", entries(Path.of("/proc", Long.toString(daemon.pid()), "task")));
        });
        return new Census(counts);
    }

    private static long lines(MachineLab lab, String host, String... command) {
        return lab.namespace(host).run(command).text().lines().count();
    }

    private static String name(String pid) {
        try {
            return Files.readString(Path.of("/proc", pid, "comm")).strip();
        } catch (IOException gone) {
            return "";
        }
    }

    private static long entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is more than before by more than that. */
    Map<String, String> above(Census before, long slack) {
        Map<String, String> above = new TreeMap<>();
        counts.forEach((what, count) -> {
            long was = before.counts.getOrDefault(what, 0L);
            boolean exact = !what.endsWith("descriptors") && !what.endsWith("threads");
            if (exact ? count != was : count > was + slack) {
                above.put(what, was + " before, " + count + " after");
            }
        });
        return above;
    }
}
