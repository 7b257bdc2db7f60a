package io.virtualwire.connector;

import io.virtualwire.client.DrainStatus;
import io.virtualwire.client.DrainStatus.Remaining;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.JournalEntry;
import io.virtualwire.connector.journal.JournalEntry.Drained;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerChange;
import io.virtualwire.connector.journal.LedgerSide;
import io.virtualwire.connector.journal.SideKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Empties a host: what is there goes on, nothing new comes. Written down, so that a restart does not fill it again.
 *
 * <pre>
 *   OPEN ──drain──▶ DRAINING ──cancel──▶ OPEN
 * </pre>
 */
final class Drain {
    private final DurableLedger ledger;
    private final InstantSource clock;

    Drain(DurableLedger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    DrainStatus status() {
        return ledger.read(Drain::status);
    }

    DrainStatus begin() {
        return ledger.change(new Turn(true, clock.millis()));
    }

    DrainStatus cancel() {
        return ledger.change(new Turn(false, 0));
    }

    private static DrainStatus status(Ledger ledger) {
        List<Remaining> remaining = new ArrayList<>();
        for (Map.Entry<SideKey, LedgerSide> entry : ledger.sides().entrySet()) {
            LedgerSide side = entry.getValue();
            if (side.isConnected()) {
                remaining.add(new Remaining(
                        "wire",
                        side.tenant(),
                        entry.getKey().toString(),
                        side.latest().endpoint(),
                        side.requests().stream()
                                .map(request -> request.peer().identity())
                                .distinct()
                                .toList()));
            }
        }
        ledger.endpoints()
                .keySet()
                .forEach(key ->
                        remaining.add(new Remaining("endpoint", key.tenant(), key.name(), key.name(), List.of())));
        return new DrainStatus(
                ledger.drainsSince().isPresent(), ledger.drainsSince().orElse(0L), remaining);
    }

    private static final class Turn implements LedgerChange<DrainStatus> {
        private final boolean on;
        private final long now;
        private DrainStatus answer = new DrainStatus(false, 0, List.of());

        Turn(boolean on, long now) {
            this.on = on;
            this.now = now;
        }

        @Override
        public int journalVersion() {
            return Drained.JOURNAL_VERSION;
        }

        @Override
        public List<JournalEntry> decide(Ledger ledger) {
            DrainStatus before = status(ledger);
            boolean same = before.draining() == on;
            answer = same ? before : new DrainStatus(on, now, before.remaining());
            return same ? List.of() : List.of(new Drained(on, now));
        }

        @Override
        public DrainStatus carryOut() {
            return answer;
        }
    }
}
