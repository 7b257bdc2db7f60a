package io.virtualwire.connector;

import io.virtualwire.connector.endpoint.TapEndpoints;
import io.virtualwire.connector.succession.Estate;
import io.virtualwire.connector.succession.Legacy;
import io.virtualwire.connector.succession.Succession;
import io.virtualwire.control.Identity;
import io.virtualwire.stack.Bequest;
import io.virtualwire.transport.UdpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Leaves everything that a connector has to its successor: the journal stands still, within that the data path. */
record Testament(Identity identity, Foundation foundation, LongConsumer ended) implements Succession.Testator {
    private static final int REHEARSALS = 3;
    private static final Duration LETTING_GO = Duration.ofSeconds(5);

    @Override
    public void rehearse(Consumer<Estate> reader) {
        // What is compiled and allocated now does not keep frames waiting in a moment.
        for (int i = 0; i < REHEARSALS; i++) {
            AtomicReference<@Nullable Estate> estate = new AtomicReference<>();
            foundation
                    .ledger()
                    .read(ledger -> foundation
                            .stack()
                            .bequeath(bequest -> offer(bequest, (it, of) -> {
                                estate.set(it);
                                return false;
                            })));
            Optional.ofNullable(estate.get()).ifPresent(reader);
        }
    }

    @Override
    public boolean bequeath(Succession.Heir heir) {
        return foundation
                .ledger()
                .bequeath(() -> foundation.stack().bequeath(bequest -> offer(bequest, heir)), LETTING_GO);
    }

    /** Leaves it to whoever comes after this process. */
    boolean leave(Legacy legacy) {
        return bequeath((estate, descriptors) -> legacy.leave(
                estate,
                descriptors.subList(0, descriptors.size() - estate.devices().size())));
    }

    private boolean offer(Bequest bequest, Succession.Heir heir) {
        List<TapEndpoints.Open> open = foundation.endpoints().open();
        List<Integer> descriptors = new ArrayList<>();
        bequest.transports().forEach(transport -> descriptors.add(transport.descriptor()));
        open.forEach(device -> descriptors.add(device.descriptor()));
        List<Integer> overflows =
                bequest.transports().stream().map(UdpTransport.Held::overflows).toList();
        Estate estate = new Estate(
                identity,
                bequest.image(),
                overflows.getFirst(),
                overflows.size() == 1 ? null : overflows.subList(1, overflows.size()),
                open.stream().map(Testament::device).toList());
        return heir.take(estate, descriptors);
    }

    private static Estate.Device device(TapEndpoints.Open open) {
        return new Estate.Device(
                open.key().tenant(),
                open.key().name(),
                open.endpoint().device(),
                open.endpoint().namespace(),
                open.mtu());
    }

    @Override
    public void left(long successor) {
        ended.accept(successor);
    }
}
