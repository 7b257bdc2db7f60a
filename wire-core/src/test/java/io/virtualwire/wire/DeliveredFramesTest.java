package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.port.Port;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeliveredFramesTest {
    private static final int FRAMES = 50;

    private final DeliveredFrames frames = new DeliveredFrames(2 * Port.MAX_FRAME_BYTES, FRAMES);

    private static Peer sender() {
        Bench bench = new Bench();
        Scope scope = new Scope(
                bench.ticker,
                bench,
                new Events(bench, bench.ticker),
                Bounds.PROTOCOL,
                MoveRules.ALL,
                Share.whole(TenantQuotas.UNLIMITED),
                new Alarms(bench, new Events(bench, bench.ticker)));
        SideSlot slot = new SideSlot(Bench.WIRE, Side.A, new Outlet("web", scope));
        SideRecord record = new SideRecord(scope, slot, Bench.generation(1), ConnectOptions.DEFAULT);
        return new Peer(scope, record, record.drops(), Bench.FAR, Bench.generation(1), List.of());
    }

    /** Against a list that forgets as it does. */
    @Test
    void theNewestAreThere() {
        Random random = new Random(5);
        Peer sender = sender();
        Deque<byte[]> expected = new ArrayDeque<>();
        for (int number = 0; number < 20_000; number++) {
            byte[] frame = new byte[26 + random.nextInt(random.nextInt(20) == 0 ? 60_000 : 2_000)];
            random.nextBytes(frame);
            frames.add(sender, number, frame, 0, frame.length, true, number);
            expected.addLast(frame);
            if (expected.size() > FRAMES) {
                expected.removeFirst();
            }
            if (number % 97 == 0) {
                int asked = random.nextInt(FRAMES);
                List<byte[]> got = new ArrayList<>();
                int missing = frames.takeUnread(
                        asked,
                        0,
                        (peer, relayed, n, bytes, offset, length) ->
                                got.add(Arrays.copyOfRange(bytes, offset, offset + length)));
                List<byte[]> newest =
                        new ArrayList<>(expected).subList(Math.max(0, expected.size() - got.size()), expected.size());
                assertThat(got.size() + missing).isEqualTo(asked);
                for (int i = 0; i < got.size(); i++) {
                    assertThat(got.get(i)).isEqualTo(newest.get(i));
                }
                got.forEach(frameTaken -> expected.removeLast());
                assertThat(got.stream().mapToInt(it -> it.length).sum()).isLessThanOrEqualTo(frames.size());
            }
        }
    }

    /** Who waits for them has given up on what is older. */
    @Test
    void theOldAreLeftOutAndCounted() {
        Peer sender = sender();
        for (int number = 0; number < 10; number++) {
            frames.add(sender, number, new byte[26], 0, 26, true, number);
        }
        List<Long> got = new ArrayList<>();

        int missing = frames.takeUnread(8, 5, (peer, relayed, number, bytes, offset, length) -> got.add(number));

        assertThat(got).containsExactly(5L, 6L, 7L, 8L, 9L);
        assertThat(missing).isEqualTo(3);
    }
}
