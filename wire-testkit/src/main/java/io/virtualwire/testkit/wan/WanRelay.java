package io.virtualwire.testkit.wan;

import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.Registration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A long line between two interfaces, each in a namespace of its own, which it makes and which go with it.
 *
 * <pre>
 *   namespace, device ══ relay: WanProfile in each direction ══ device, namespace
 * </pre>
 *
 * <p>Frames that the kernel has put together to be cut later would count as one. So that it cuts them before, set each device's
 * {@code gso_max_segs} to 1.
 */
public final class WanRelay implements AutoCloseable {
    private static final int FRAME_BYTES = 65_562;
    private static final int HEADER_BYTES = 12;
    private static final int FRAMES_PER_TURN = 64;
    /** A frame that is overtaken comes out behind so many, or after so long. */
    private static final int OVERTAKERS = 5;

    private static final Duration LATE_AT_MOST = Duration.ofMillis(1);

    private final WanProfile profile;
    private final DatapathLoop loop;
    private final Direction there;
    private final Direction back;
    private final TapDevice left;
    private final TapDevice right;

    /** What became of the frames of one direction. */
    public record Traffic(long forwarded, long lost, long dropped, Duration latest) {}

    private record Parcel(byte[] frame, long due, boolean overtaken) {}

    private WanRelay(TapDevice left, TapDevice right, WanProfile profile) {
        this.profile = profile;
        this.left = left;
        this.right = right;
        this.loop = DatapathLoop.start("wan-relay");
        this.there = new Direction(left, right, new LongLine(profile, profile.seed()));
        this.back = new Direction(right, left, new LongLine(profile, ~profile.seed()));
        loop.execute(there::begin);
        loop.execute(back::begin);
    }

    /** Makes both interfaces and begins. */
    public static WanRelay between(
            NetworkNamespace leftPlace,
            String leftDevice,
            NetworkNamespace rightPlace,
            String rightDevice,
            WanProfile profile) {
        TapDevice left = TapDevice.open(TapRequest.named(leftDevice).in(leftPlace));
        try {
            return new WanRelay(
                    left, TapDevice.open(TapRequest.named(rightDevice).in(rightPlace)), profile);
        } catch (RuntimeException e) {
            left.close();
            throw e;
        }
    }

    /** From left to right, then from right to left. */
    public List<Traffic> traffic() {
        CompletableFuture<List<Traffic>> seen = new CompletableFuture<>();
        loop.execute(() -> seen.complete(List.of(there.traffic(), back.traffic())));
        return seen.join();
    }

    /** The line does that from now on, in both directions; delay and rate stay. */
    public void change(double loss, double overtaken) {
        loop.execute(() -> {
            there.line.profile(profile.with(loss, overtaken));
            back.line.profile(profile.with(loss, overtaken));
        });
    }

    @Override
    public void close() {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        loop.execute(() -> {
            there.end();
            back.end();
            ended.complete(true);
        });
        ended.join();
        loop.close();
        left.close();
        right.close();
    }

    /** One way; on the loop. */
    private final class Direction {
        private final TapDevice from;
        private final TapDevice to;
        private final LongLine line;
        private final ArrayDeque<Parcel> underWay = new ArrayDeque<>();
        private final ArrayDeque<Parcel> late = new ArrayDeque<>();
        private final byte[] buffer = new byte[FRAME_BYTES];
        private int overtakers;
        private @Nullable Registration registration;
        private boolean waking;
        private boolean ended;
        private long forwarded;
        private long lost;
        private long dropped;
        private long latest;

        Direction(TapDevice from, TapDevice to, LongLine line) {
            this.from = from;
            this.to = to;
            this.line = line;
        }

        void begin() {
            registration = loop.register(from.fd(), this::read, () -> {});
        }

        void end() {
            ended = true;
            if (registration != null) {
                registration.cancel();
            }
            underWay.clear();
            late.clear();
        }

        private void read() {
            for (int i = 0; i < FRAMES_PER_TURN; i++) {
                int length = from.read(buffer, 0, buffer.length);
                if (length <= 0) {
                    return;
                }
                long out = line.out(loop.ticker().nanoTime(), length - HEADER_BYTES);
                if (out == LongLine.LOST) {
                    lost++;
                } else if (out == LongLine.DROPPED) {
                    dropped++;
                } else {
                    underWay.addLast(new Parcel(Arrays.copyOf(buffer, length), out, line.isOvertaken()));
                    wake();
                }
            }
        }

        private void wake() {
            Parcel first = underWay.peekFirst();
            if (first != null && !waking && !ended) {
                waking = true;
                long wait = Math.max(0, first.due() - loop.ticker().nanoTime());
                loop.schedule(Duration.ofNanos(wait), this::deliver);
            }
        }

        private void deliver() {
            waking = false;
            long now = loop.ticker().nanoTime();
            for (Parcel first = underWay.peekFirst();
                    first != null && first.due() - now <= 0 && !ended;
                    first = underWay.peekFirst()) {
                underWay.removeFirst();
                latest = Math.max(latest, now - first.due());
                if (first.overtaken()) {
                    hold(first);
                } else {
                    forward(first);
                    overtakers++;
                }
                if (overtakers >= OVERTAKERS || late.isEmpty()) {
                    letLateGo(late.peekLast());
                }
            }
            wake();
        }

        private void hold(Parcel parcel) {
            late.addLast(parcel);
            loop.schedule(LATE_AT_MOST, () -> letLateGo(parcel));
        }

        /** Those that are late up to this one, if it is still there. */
        private void letLateGo(@Nullable Parcel last) {
            if (last == null || !late.contains(last)) {
                overtakers = late.isEmpty() ? 0 : overtakers;
                return;
            }
            Parcel next;
            do {
                next = late.removeFirst();
                if (!ended) {
                    forward(next);
                }
            } while (next != last);
            overtakers = 0;
        }

        private void forward(Parcel parcel) {
            to.write(parcel.frame(), 0, parcel.frame().length);
            forwarded++;
        }

        Traffic traffic() {
            return new Traffic(forwarded, lost, dropped, Duration.ofNanos(latest));
        }
    }

    /**
     * {@code WanRelay NAMESPACE DEVICE NAMESPACE DEVICE DELAY_MILLIS MBIT_PER_SECOND LOSS_PERCENT SEED}: until it is told to end,
     * when it prints what it did. A line {@code LOSS_PERCENT OVERTAKEN_PERCENT} on its standard input changes it.
     */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        WanProfile profile = WanProfile.of(
                Duration.ofNanos(Math.round(Double.parseDouble(arguments[4]) * 1e6)),
                Math.round(Double.parseDouble(arguments[5]) * 1e6),
                Double.parseDouble(arguments[6]) / 100,
                Long.parseLong(arguments[7]));
        WanRelay relay = between(
                new NetworkNamespace(arguments[0]),
                arguments[1],
                new NetworkNamespace(arguments[2]),
                arguments[3],
                profile);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println(relay.traffic());
            relay.close();
        }));
        System.out.println("relaying: " + profile);
        BufferedReader changes = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = changes.readLine(); line != null; line = changes.readLine()) {
            String[] percents = line.strip().split(" ");
            relay.change(Double.parseDouble(percents[0]) / 100, Double.parseDouble(percents[1]) / 100);
            System.out.println("changed: " + line);
        }
        Thread.currentThread().join();
    }
}
