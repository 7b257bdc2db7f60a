package io.virtualwire.component;

import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.port.Port;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
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
 * One broadcast frame of 1,500 bytes through a switch to all its ports but the one where it came in; what the wires behind them do is
 * not in it.
 *
 * <pre>
 * java -cp "$(benchmarks class path)" org.openjdk.jmh.Main FloodBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FloodBenchmark {
    @Param({"10", "1000"})
    private int ports = 10;

    private final byte[] frame = new byte[VirtioNetHeader.LENGTH + EthernetFrame.HEADER_LENGTH + 1_500];
    private Port[] all = {};
    private long delivered;

    @Setup
    public void plug() {
        StillLoop loop = new StillLoop();
        SwitchComponent lan = new SwitchComponent("lan", loop);
        all = new Port[ports];
        for (int i = 0; i < ports; i++) {
            all[i] = lan.addPort("p" + i);
            all[i].attach((bytes, offset, length) -> delivered++);
        }
        lan.startDeciding(lan.state());
        loop.runWaiting();
        Arrays.fill(frame, VirtioNetHeader.LENGTH, VirtioNetHeader.LENGTH + 6, (byte) 0xff);
        frame[VirtioNetHeader.LENGTH + EthernetFrame.SOURCE_FIELD_OFFSET] = 2;
        frame[VirtioNetHeader.LENGTH + EthernetFrame.TYPE_FIELD_OFFSET] = 8;
    }

    @Benchmark
    public long flood() {
        all[0].deliver(frame, 0, frame.length);
        return delivered;
    }

    /** On which nothing happens but what is asked for at once. */
    private static final class StillLoop implements Loop {
        private final Queue<Runnable> waiting = new ArrayDeque<>();

        void runWaiting() {
            while (!waiting.isEmpty()) {
                waiting.remove().run();
            }
        }

        @Override
        public void execute(Runnable task) {
            waiting.add(task);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return () -> {};
        }

        @Override
        public void atEndOfTurn(Runnable task) {
            execute(task);
        }

        @Override
        public Ticker ticker() {
            return Ticker.system();
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
