package io.virtualwire.rehearsal;

import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Two guests, a switch between them, and frames of all sizes; the switch moves there and back.
 *
 * <pre>
 *   guest left ── wire ──┐                        ┌── wire ── guest right
 *                        ├─ switch, at one place ─┤
 *                        └─ or at the other ──────┘
 * </pre>
 */
public final class Rehearsal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration DRAIN = Duration.ofMillis(200);

    private final Ticker ticker;
    private final Guest left;
    private final Guest right;
    private final List<Guest> guests;
    private Place place;
    private Place other;
    private long generation = 1;

    /** Starts four stacks on loopback, and connects them. */
    public Rehearsal(TenantAuthority tenant, Ticker ticker) {
        this.ticker = ticker;
        left = new Guest(tenant, "left", 1);
        right = new Guest(tenant, "right", 2);
        guests = List.of(left, right);
        place = new Place(tenant, "one", guests);
        other = new Place(tenant, "other", guests);
        for (Guest guest : guests) {
            place.connect(guest, at(generation), Role.ACTIVE, Optional.empty(), Optional.empty());
            guest.connect(place, at(generation));
        }
        await(place::agreed);
        place.decide(NullNode.getInstance(), guests);
    }

    /** Lets the guests send to each other for so long; the frames that arrived. */
    public long traffic(Duration time) {
        long before = left.received() + right.received();
        left.sendTo(right);
        right.sendTo(left);
        LockSupport.parkNanos(time.toNanos());
        left.stop();
        right.stop();
        return left.received() + right.received() - before;
    }

    /** Moves the switch to the other place, as docs/wire-protocol.md section 6 has it. */
    public void move() {
        Generation from = at(generation);
        Generation to = at(++generation);
        RelayDescription old = new RelayDescription(place.stack.identity(), from, place.paths());
        RelayDescription successor = new RelayDescription(other.stack.identity(), to, other.paths());
        for (Guest guest : guests) {
            other.connect(guest, to, Role.STANDBY, Optional.empty(), Optional.of(old));
            guest.connect(other, to);
            place.connect(guest, from, Role.ACTIVE, Optional.of(successor), Optional.empty());
        }
        await(guest -> other.prepared(guest) && place.relays(guest));
        other.decide(place.yield(guests), guests);
        LockSupport.parkNanos(DRAIN.toNanos());
        guests.forEach(guest -> place.disconnect(guest, from));
        Place rested = place;
        place = other;
        other = rested;
    }

    private void await(Predicate<Guest> condition) {
        long deadline = ticker.nanoTime() + PATIENCE.toNanos();
        while (!guests.stream().allMatch(condition)) {
            if (ticker.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the rehearsal stands still: " + this);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        left.stack.close();
        right.stack.close();
        place.stack.close();
        other.stack.close();
    }

    @Override
    public String toString() {
        return "place " + place + "\nother " + other + "\nleft " + left + "\nright " + right;
    }

    private static Generation at(long number) {
        return new Generation(number, "");
    }
}
