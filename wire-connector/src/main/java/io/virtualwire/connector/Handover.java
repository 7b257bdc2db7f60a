package io.virtualwire.connector;

import io.virtualwire.connector.api.ApiServer;
import io.virtualwire.connector.succession.Estate;
import io.virtualwire.connector.succession.Legacy;
import io.virtualwire.connector.succession.Succession;
import java.util.Optional;
import java.util.function.Consumer;

/** Leaves what a connector has, and the socket of its interface: whoever asks in between waits there and is not refused. */
record Handover(Testament testament, ApiServer api) implements Succession.Testator {
    @Override
    public void rehearse(Consumer<Estate> reader) {
        testament.rehearse(reader);
    }

    @Override
    public boolean bequeath(Succession.Heir heir) {
        boolean gone = false;
        api.quiet();
        try {
            gone = testament.bequeath(heir);
        } finally {
            if (!gone) {
                api.resume();
            }
        }
        return gone;
    }

    /** Leaves it to whoever comes after this process. */
    boolean leave(Legacy legacy) {
        api.quiet();
        return testament.leave(legacy);
    }

    @Override
    public Optional<Integer> listener() {
        return api.descriptor();
    }

    @Override
    public void left(long successor) {
        testament.left(successor);
    }
}
