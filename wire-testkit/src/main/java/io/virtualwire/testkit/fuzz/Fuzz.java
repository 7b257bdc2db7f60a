package io.virtualwire.testkit.fuzz;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One parser under fire.
 *
 * <p>Each case is made from the run's seed and its own number alone, so the one that failed can be run by itself; the failure says
 * how. A case fails if it throws what was not {@linkplain #refusing promised}, allocates more than it may, or does not end.
 *
 * <p>Seeds are fixed where a change is judged, so that nobody's change fails for what it did not touch, and new each time in long runs.
 */
public final class Fuzz {
    /** Takes one input, which may be wrong in any way. */
    @FunctionalInterface
    public interface Target {
        void take(byte[] input) throws Exception;
    }

    /** Makes sure that what worked before still does. */
    @FunctionalInterface
    public interface Check {
        void run() throws Exception;
    }

    private static final int CHECKS = 64;
    private static final int SHOWN_BYTES = 512;
    private static final long DEFAULT_ALLOCATION = 4 << 20;

    private final String name;
    private final FuzzSettings settings;
    private final List<Class<? extends Throwable>> promised = new ArrayList<>();
    private final AtomicLong current = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private Check check = () -> {};
    private long allocation = DEFAULT_ALLOCATION;
    private boolean here;
    private long refused;
    private long cpuNanos;

    private Fuzz(String name, FuzzSettings settings) {
        this.name = name;
        this.settings = settings;
    }

    /** @param name what failures and the summary call it */
    public static Fuzz of(String name) {
        return new Fuzz(name, FuzzSettings.fromSystemProperties());
    }

    static Fuzz of(String name, FuzzSettings settings) {
        return new Fuzz(name, settings);
    }

    /** What the parser may throw at wrong input. */
    public Fuzz refusing(Class<? extends Throwable> type) {
        promised.add(type);
        return this;
    }

    /** Runs now and then, and at the end: good input is still understood. */
    public Fuzz stillWorks(Check newCheck) {
        check = newCheck;
        return this;
    }

    /** The most bytes that the thread may allocate for one case; 4 MiB if nothing is said. */
    public Fuzz allocatingAtMost(long bytes) {
        allocation = bytes;
        return this;
    }

    /** Runs on the caller's thread, for what may run on no other; whether it ends is then the caller's to watch. */
    public Fuzz onThisThread() {
        here = true;
        return this;
    }

    /** Runs so many cases, and ten times as many in a long run. */
    public void run(int cases, Spoiler spoiler, Target target) {
        long all = settings.casesOf(cases);
        if (here) {
            runAll(all, spoiler, target);
        } else {
            await(Thread.ofPlatform().name("fuzz-" + name).daemon().start(() -> runAll(all, spoiler, target)));
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(failed.getMessage(), failed.getCause());
        }
        settings.report(name, settings.only() < 0 ? all : 1, refused, cpuNanos);
    }

    private void runAll(long all, Spoiler spoiler, Target target) {
        long first = settings.only() < 0 ? 0 : settings.only();
        long end = settings.only() < 0 ? all : first + 1;
        long checkEvery = Math.max(1, all / CHECKS);
        byte[] input = {};
        long began = settings.cpuNanos();
        try {
            for (long number = first; number < end; number++) {
                current.set(number);
                input = spoiler.next(new SplittableRandom(settings.seed() * 0x9e37_79b9_7f4a_7c15L + number));
                take(target, input);
                if (number % checkEvery == checkEvery - 1 || number == end - 1) {
                    check.run();
                }
            }
            cpuNanos = settings.cpuNanos() - began;
        } catch (Throwable e) {
            failure.set(new AssertionError(describe(current.get(), e.toString(), input), e));
        }
    }

    /** What a case allocates the first time may be classes that it is the first to need; so it is only too much if it is so twice. */
    private void take(Target target, byte[] input) throws Exception {
        long taken = allocated(target, input);
        if (taken > allocation) {
            taken = allocated(target, input);
        }
        if (taken > allocation) {
            throw new AssertionError("it allocated " + taken + " bytes, at most " + allocation + " are allowed");
        }
    }

    private long allocated(Target target, byte[] input) throws Exception {
        long before = settings.allocated();
        try {
            target.take(input);
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            if (promised.stream().noneMatch(type -> type.isInstance(e))) {
                throw e;
            }
            refused++;
        }
        return settings.allocated() - before;
    }

    /** Waits for the worker as long as it moves on. */
    private void await(Thread worker) {
        long seen = -1;
        try {
            while (worker.isAlive()) {
                worker.join(settings.patienceMillis());
                long now = current.get();
                if (worker.isAlive() && now == seen) {
                    AssertionError stuck = new AssertionError(describe(now, "it does not end", new byte[0]));
                    stuck.setStackTrace(worker.getStackTrace());
                    worker.interrupt();
                    throw stuck;
                }
                seen = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String describe(long number, String what, byte[] input) {
        String shown = input.length <= SHOWN_BYTES
                ? HexFormat.of().formatHex(input)
                : HexFormat.of().formatHex(input, 0, SHOWN_BYTES) + "…";
        return "fuzz '%s', case %d: %s%n  again: -Dwire.fuzz.seed=%d -Dwire.fuzz.case=%d%n  input, %d bytes: %s"
                .formatted(name, number, what, settings.seed(), number, input.length, shown);
    }
}
