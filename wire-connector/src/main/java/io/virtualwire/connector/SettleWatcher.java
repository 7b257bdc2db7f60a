package io.virtualwire.connector;

import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.JournalEntry;
import io.virtualwire.connector.journal.JournalEntry.SettledRole;
import io.virtualwire.connector.journal.JournalEntry.SideSettled;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerChange;
import io.virtualwire.connector.journal.LedgerSide;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.Generation;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what sides do by themselves (activate, yield, flip), so that a restart takes them up where they were.
 *
 * <p>Called on the owner thread of the data path, which must not wait for a disk: the ledger is told later.
 */
final class SettleWatcher implements WireObserver {
    private final WireNames names;
    private final AtomicReference<@Nullable DurableLedger> ledger = new AtomicReference<>();

    SettleWatcher(WireNames names) {
        this.names = names;
    }

    /** From now on events are written. */
    void writeTo(DurableLedger target) {
        ledger.set(target);
    }

    @Override
    public void happened(SideEvent event) {
        SideKey key = new SideKey(names.tenantOf(event.wire()), event.wire().bare(), event.side());
        switch (event) {
            case SideEvent.Activated activated -> settle(key, activated.generation(), SettledRole.ACTIVE, null);
            case SideEvent.Resumed resumed -> settle(key, resumed.generation(), SettledRole.ACTIVE, null);
            case SideEvent.Yielded yielded -> settle(key, yielded.generation(), SettledRole.YIELDED, null);
            case SideEvent.Superseded gone -> settle(key, gone.generation(), SettledRole.YIELDED, null);
            case SideEvent.Flipped flipped -> settle(key, flipped.generation(), null, flipped.peerGeneration());
            default -> {
                // The rest is over by itself after a restart.
            }
        }
    }

    /** What has become of a side while nobody wrote it down. */
    void catchUp(SideKey key, SideStatus side, LedgerSide known) {
        if (side.state() == SideState.STANDBY) {
            return;
        }
        SettledRole role = side.state() == SideState.ACTIVE ? SettledRole.ACTIVE : SettledRole.YIELDED;
        Optional<Generation> heard = side.peers().stream()
                .filter(peer -> peer.state() == PeerState.ACTIVE)
                .map(PeerStatus::generation)
                .findFirst();
        Generation first = known.requests().getFirst().peer().generation();
        Generation written = known.settled().map(SideSettled::peerGeneration).orElse(first);
        if (role != known.role() || heard.filter(it -> it.isAfter(written)).isPresent()) {
            settle(key, side.generation(), role, heard.orElse(null));
        }
    }

    private void settle(
            SideKey key, Generation generation, @Nullable SettledRole role, @Nullable Generation peerGeneration) {
        DurableLedger target = ledger.get();
        if (target != null) {
            target.changeLater(new Settlement(key, generation, role, peerGeneration));
        }
    }

    private record Settlement(
            SideKey key,
            Generation generation,
            @Nullable SettledRole role,
            @Nullable Generation peerGeneration) implements LedgerChange<SideKey> {

        @Override
        public List<JournalEntry> decide(Ledger ledger) {
            Optional<LedgerSide> known = ledger.side(key).filter(LedgerSide::isConnected);
            if (known.isEmpty()) {
                return List.of();
            }
            LedgerSide side = known.get();
            Generation firstPeer = side.requests().getFirst().peer().generation();
            Generation activePeer =
                    side.settled().map(SideSettled::peerGeneration).orElse(firstPeer);
            return ledger.settle(new SideSettled(
                    key.tenant(),
                    key.wire(),
                    key.side(),
                    generation,
                    role == null ? side.role() : role,
                    peerGeneration == null ? activePeer : peerGeneration));
        }

        @Override
        public SideKey carryOut() {
            return key;
        }
    }
}
