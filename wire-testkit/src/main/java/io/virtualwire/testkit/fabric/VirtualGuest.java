package io.virtualwire.testkit.fabric;

import io.virtualwire.control.Side;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What stands at one side of a wire, numbers the frames that it sends, and can be moved to another place. */
public final class VirtualGuest {
    private final Ledger ledger;
    private final Random random;
    private final int stream;
    private final Side side;
    private @Nullable VirtualPort place;

    VirtualGuest(Ledger ledger, Random random, int wire, Side side) {
        this.ledger = ledger;
        this.random = random;
        this.stream = Ledger.stream(wire, side);
        this.side = side;
    }

    public Side side() {
        return side;
    }

    void moveTo(@Nullable VirtualPort newPlace) {
        if (place != null) {
            place.guestIsHere(false);
        }
        place = newPlace;
        if (newPlace != null) {
            newPlace.guestIsHere(true);
        }
    }

    /**
     * Stands still where it is: to be moved, or until {@link #resume}.
     *
     * @param takesOneInVain whether its hypervisor takes one frame out of the queue all the same
     */
    public void suspend(boolean takesOneInVain) {
        if (place != null) {
            place.suspend(takesOneInVain);
        }
    }

    public boolean isAt(VirtualDaemon daemon) {
        return place != null && place.daemon().equals(daemon.name());
    }

    /** Goes on where it was suspended. */
    public void resume() {
        if (place != null) {
            place.resume();
        }
    }

    void leave(String daemon) {
        if (place != null && place.daemon().equals(daemon)) {
            moveTo(null);
        }
    }

    /** Sends one frame from where the guest is. */
    public void send() {
        VirtualPort from = place;
        if (from == null || from.isSuspended()) {
            return;
        }
        Ledger.Entry entry = ledger.create(stream);
        int length = random.nextInt(16) == 0 ? 1_000 + random.nextInt(8_000) : Ledger.MIN_LENGTH + random.nextInt(200);
        from.emit(ledger.bytes(entry, length));
        ledger.closeSending(entry);
    }
}
