package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.DatagramFilter;
import io.virtualwire.transport.DatagramSink;
import io.virtualwire.transport.SendOutcome;
import io.virtualwire.transport.Transport;
import io.virtualwire.transport.TransportCounters;
import io.virtualwire.transport.UnderlayAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SiegeTest {
    private static final long MILLI = 1_000_000;

    /** A monotonic clock may begin anywhere. */
    private long now = Long.MAX_VALUE - 5 * MILLI;

    private final StrandTable table = new StrandTable();
    private final GuardedTransport transport = new GuardedTransport();
    private final Siege siege = new Siege(table, transport);

    @Test
    void aFloodOfStraysHasTheKernelDropWhatBeginsLikeNoDatagramOfOurs() {
        strays(Siege.MOST - 1);
        assertThat(transport.filters).isEmpty();
        strays(1);
        assertThat(transport.filters).singleElement().satisfies(filter -> {
            assertThat(filter.firstBytes()).containsExactly(0x11, 0x12);
            assertThat(filter.wordOffset()).isEqualTo(DatagramHeader.SESSION_INDEX_FIELD_OFFSET);
            assertThat(filter.words()).as("nobody has a session").isEmpty();
        });
        strays(10 * Siege.MOST);
        assertThat(transport.filters).as("it is on already").hasSize(1);
    }

    @Test
    void straysThatComeSlowlyAreCountedForWhatTheyAre() {
        for (int i = 0; i < 100 * Siege.MOST; i++) {
            siege.stray(now);
            now += MILLI / 4;
        }
        assertThat(transport.filters).as("40 in 10 ms").isEmpty();
    }

    @Test
    void afterHalfASecondItLooksAgain() {
        strays(Siege.MOST);
        now += 499 * MILLI;
        siege.tick(now);
        assertThat(transport.lifted).isZero();
        now += 2 * MILLI;
        siege.tick(now);
        siege.tick(now);
        assertThat(transport.lifted).isOne();
        strays(Siege.MOST - 1);
        assertThat(transport.filters).as("the count begins anew").hasSize(1);
        strays(1);
        assertThat(transport.filters).hasSize(2);
    }

    @Test
    void aChangeOfSessionsLiftsItAtOnceAsTheFilterDoesNotKnowThem() {
        table.changed();
        assertThat(transport.lifted).as("there was none").isZero();
        strays(Siege.MOST);
        table.changed();
        assertThat(transport.lifted).isOne();
        now += 600 * MILLI;
        siege.tick(now);
        assertThat(transport.lifted).as("it is lifted already").isOne();
    }

    private void strays(int count) {
        for (int i = 0; i < count; i++) {
            siege.stray(now);
        }
    }

    /** Remembers what it was asked to take. */
    private static final class GuardedTransport implements Transport {
        private final List<DatagramFilter> filters = new ArrayList<>();
        private int lifted;

        @Override
        public void guard(DatagramFilter filter) {
            filters.add(filter);
        }

        @Override
        public void unguard() {
            lifted++;
        }

        @Override
        public UnderlayAddress localAddress() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void attach(DatagramSink sink) {}

        @Override
        public SendOutcome send(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize) {
            return SendOutcome.SENT;
        }

        @Override
        public int linkBudget(UnderlayAddress remote) {
            return 1_232;
        }

        @Override
        public TransportCounters counters() {
            return new TransportCounters();
        }

        @Override
        public void close() {}
    }
}
