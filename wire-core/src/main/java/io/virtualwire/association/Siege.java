package io.virtualwire.association;

import io.virtualwire.linux.DatagramFilter;
import io.virtualwire.transport.Transport;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Has the kernel drop, before they cost more, datagrams that no peer can have sent, while such come in a flood. Looks again after a
 * short while, and whenever sessions or addresses change.
 *
 * <pre>
 *   PEACE ──{@link #MOST} that lead nowhere within 10 ms──▶ SIEGE ──0.5 s, or a change──▶ PEACE
 * </pre>
 *
 * <p>In peace every drop is counted for what it is; under siege the kernel counts them all alike. One for each owner thread's socket.
 */
final class Siege {
    static final int MOST = 64;
    private static final long WINDOW_NANOS = 10_000_000;
    private static final long LASTING_NANOS = 500_000_000;
    private static final int[] FIRST_BYTES = {
        DatagramHeader.VERSION << 4 | DatagramHeader.TYPE_SEALED,
        DatagramHeader.VERSION << 4 | DatagramHeader.TYPE_PLAIN
    };

    private final StrandTable table;
    private final Transport transport;
    private long since;
    private int stray;
    private boolean on;

    Siege(StrandTable table, Transport transport) {
        this.table = table;
        this.transport = transport;
        table.onChange(this::lift);
    }

    /** A datagram led nowhere. HOT PATH. */
    void stray(long now) {
        if (on) {
            return;
        }
        if (stray == 0 || now - since >= WINDOW_NANOS) {
            stray = 0;
            since = now;
        }
        stray++;
        if (stray >= MOST) {
            begin(now);
        }
    }

    /** Ends it when it has lasted; called every few tens of milliseconds. */
    void tick(long now) {
        if (on && now - since >= LASTING_NANOS) {
            lift();
        }
    }

    private void begin(long now) {
        Set<Integer> sources = new LinkedHashSet<>();
        boolean[] ipv4 = {true};
        for (Strand strand : table.all()) {
            strand.lanes().addresses(address -> {
                ipv4[0] &= address.isIpv4();
                sources.add(address.ipv4Bits());
            });
        }
        boolean fits = table.size() <= DatagramFilter.MOST && sources.size() <= DatagramFilter.MOST;
        on = true;
        since = now;
        if (fits) {
            transport.guard(new DatagramFilter(
                    FIRST_BYTES,
                    DatagramHeader.SESSION_INDEX_FIELD_OFFSET,
                    table.all().stream()
                            .mapToInt(strand -> strand.session().index())
                            .toArray(),
                    ipv4[0] ? sources.stream().mapToInt(Integer::intValue).toArray() : new int[0]));
        }
    }

    private void lift() {
        if (on) {
            on = false;
            stray = 0;
            transport.unguard();
        }
    }
}
