package io.virtualwire.forwarding;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A table of a million addresses: finding one, seeing one again, learning and forgetting all, and a sweep that finds none too old.
 *
 * <pre>
 * java -cp "$(benchmarks class path)" org.openjdk.jmh.Main ForwardingDatabaseBenchmark -prof gc
 * </pre>
 *
 * <p>Addresses are asked for in an order that no cache foresees. What a table takes is what one allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
public class ForwardingDatabaseBenchmark {
    private static final int PORTS = 1_000;
    private static final long STRIDE = 0x9e37_79b9_7f4a_7c15L;
    private static final long MAC_MASK = 0xfeff_ffff_ffffL;

    @Param({"1000", "1000000"})
    private int entries = 1_000;

    private ForwardingDatabase table = new ForwardingDatabase(1, Bridge.DEFAULT_AGEING);
    private int next;
    private long now;

    @Setup(Level.Iteration)
    public void fill() {
        table = full();
    }

    private ForwardingDatabase full() {
        ForwardingDatabase filled = new ForwardingDatabase(entries, Duration.ofSeconds(300));
        for (int i = 0; i < entries; i++) {
            filled.learn(mac(i), 0, i % PORTS, 0);
        }
        return filled;
    }

    private static long mac(int i) {
        return i * STRIDE >>> 13 & MAC_MASK;
    }

    private int someStation() {
        next = (int) ((next + 0x9e3_779bL) % entries);
        return next;
    }

    @Benchmark
    public int find() {
        return table.find(mac(someStation()), 0, ++now);
    }

    @Benchmark
    public Learned seeAgain() {
        int station = someStation();
        return table.learn(mac(station), 0, station % PORTS, ++now);
    }

    @Benchmark
    public Learned move() {
        int station = someStation();
        return table.learn(mac(station), 0, (int) (++now % PORTS), now);
    }

    /** All of them, one after the other, into a new table; of its allocation comes what an entry takes. */
    @Benchmark
    public ForwardingDatabase learnAll() {
        return full();
    }

    @Benchmark
    public void sweep(Blackhole hole) {
        table.age(now);
        hole.consume(table.size());
    }
}
