package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A sink that keeps every datagram, taken out of the runs that it came in. */
final class ReceivedDatagrams implements DatagramSink {
    private final List<byte[]> datagrams = new CopyOnWriteArrayList<>();
    private final List<UnderlayAddress> sources = new CopyOnWriteArrayList<>();
    private final List<Integer> runs = new CopyOnWriteArrayList<>();

    @Override
    public void datagrams(byte[] bytes, int offset, int length, int segmentSize, UnderlayAddress source) {
        List<byte[]> cut = new ArrayList<>();
        for (int at = 0; at < length; at += segmentSize) {
            cut.add(Arrays.copyOfRange(bytes, offset + at, offset + Math.min(length, at + segmentSize)));
        }
        Arrays.fill(bytes, offset, offset + length, (byte) 0xee);
        runs.add(cut.size());
        sources.addAll(Collections.nCopies(cut.size(), source));
        datagrams.addAll(cut);
    }

    List<byte[]> await(int count) {
        awaitCount(count);
        assertThat(datagrams).hasSize(count);
        return datagrams;
    }

    private void awaitCount(int count) {
        Awaitility.await(count + " datagrams")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> datagrams.size() >= count);
    }

    List<byte[]> datagrams() {
        return datagrams;
    }

    List<UnderlayAddress> sources() {
        return sources;
    }

    /** Datagrams in each run. */
    List<Integer> runs() {
        return runs;
    }
}
