package io.virtualwire.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How much is to be tried and from which seed, as the command line says, and where it is written down.
 *
 * @param seed of the whole run
 * @param only the one case that is to run; -1: all
 * @param factor how many times as many cases as usual
 * @param patienceMillis after how long a case counts as endless; it may take twice as long
 * @param reports the folder whose files config/test-summary.sh adds up
 */
record FuzzSettings(long seed, long only, int factor, long patienceMillis, Path reports) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int LONG_FACTOR = 10;
    private static final long PATIENCE_MILLIS = 15_000;

    static FuzzSettings fromSystemProperties() {
        boolean thorough = Boolean.getBoolean("wire.long");
        return new FuzzSettings(
                Long.getLong("wire.fuzz.seed", thorough ? System.nanoTime() : 1),
                Long.getLong("wire.fuzz.case", -1),
                thorough ? LONG_FACTOR : 1,
                PATIENCE_MILLIS,
                Path.of("target", "fuzz"));
    }

    long casesOf(int usual) {
        return (long) usual * factor;
    }

    long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** What the calling thread has computed so far. */
    long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    void report(String name, long cases, long refused, long nanos) {
        try {
            Files.createDirectories(reports);
            Files.writeString(
                    reports.resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".txt"),
                    String.format(
                            Locale.ROOT,
                            "%d cases, %d refused by exception, %.1f s of one core, seed %d: %s%n",
                            cases,
                            refused,
                            nanos / 1e9,
                            seed,
                            name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write down how much of " + name + " was tried", e);
        }
    }
}
