package io.virtualwire.forwarding;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What deciding about one frame costs: a thousand stations behind eight ports, all known.
 *
 * <pre>
 * java -cp "$(benchmarks class path)" org.openjdk.jmh.Main BridgeBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BridgeBenchmark {
    private static final int PORTS = 8;
    private static final int STATIONS = 1024;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    /** Whether all ports are access ports with storm control, or nothing is set up. */
    @Param({"false", "true"})
    private boolean setUp;

    private final Bridge bridge = new Bridge();
    private final long[] stations = new long[STATIONS];
    private int next;
    private long now;

    @Setup
    public void learn() {
        for (int port = 0; port < PORTS; port++) {
            bridge.addPort("p" + port);
        }
        if (setUp) {
            bridge.configure(settings());
        }
        for (int i = 0; i < STATIONS; i++) {
            stations[i] = 0x0200_0000_0000L + i * 0x1_0003L;
            bridge.decide(BROADCAST, stations[i], -1, i % PORTS, 60, 0);
        }
    }

    private static BridgeSettings settings() {
        StormRate rate = new StormRate(1_000_000_000, StormRate.Unit.FRAMES);
        PortSettings port = new PortSettings(new PortVlans.Access(10), new StormSettings(rate, rate, rate));
        Map<String, PortSettings> ports = new HashMap<>();
        for (int i = 0; i < PORTS; i++) {
            ports.put("p" + i, port);
        }
        return new BridgeSettings(ports, List.of());
    }

    /** A known unicast frame between changing stations. */
    @Benchmark
    public ForwardingDecision forward() {
        next = next + 1 & STATIONS - 1;
        return bridge.decide(stations[next * 7 + 3 & STATIONS - 1], stations[next], -1, next % PORTS, 60, ++now);
    }

    /** A broadcast frame. */
    @Benchmark
    public ForwardingDecision flood() {
        next = next + 1 & STATIONS - 1;
        return bridge.decide(BROADCAST, stations[next], -1, next % PORTS, 60, ++now);
    }
}
