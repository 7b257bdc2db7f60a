package io.virtualwire.cli.command;

import io.virtualwire.client.ComponentView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.WireSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Waits until the wires of components are connected, and says how far they are. */
final class Connectedness {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int NAMED = 5;

    private final Ticker ticker;
    private final Consumer<String> progress;

    Connectedness(Ticker ticker, Consumer<String> progress) {
        this.ticker = ticker;
        this.progress = progress;
    }

    /** Throws if it takes longer; with what is missing and why. */
    void await(Topology wanted, Duration patience, Function<String, ComponentView> look) {
        long end = ticker.nanoTime() + patience.toNanos();
        String said = "";
        while (true) {
            List<String> missing = missing(wanted, look);
            String now = missing.isEmpty() ? "all is connected" : missing.size() + " still to come: " + some(missing);
            if (!now.equals(said)) {
                progress.accept(now);
                said = now;
            }
            if (missing.isEmpty()) {
                return;
            }
            if (ticker.nanoTime() - end >= 0) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        "the topology is agreed on, but after " + patience.toSeconds() + " s is not connected: "
                                + some(missing),
                        "the nodes go on trying; look again with 'wire switch show'");
            }
            pause();
        }
    }

    private static List<String> missing(Topology wanted, Function<String, ComponentView> look) {
        List<String> missing = new ArrayList<>();
        wanted.switches().keySet().forEach(component -> {
            ComponentView view = look.apply(component);
            if (view.state().isEmpty()) {
                missing.add(component + " (no node runs it yet)");
            } else {
                wanted.wires().stream()
                        .filter(wire -> wire.component().equals(component))
                        .flatMap(wire -> complaint(wire, view).stream())
                        .forEach(missing::add);
            }
        });
        return missing;
    }

    /** The holder may not have heard yet of a wire, or of its new endpoint. */
    private static Optional<String> complaint(WireSpec wire, ComponentView view) {
        return view.ports().stream()
                .filter(port -> port.name().equals(wire.port()))
                .filter(port -> port.endpoint().equals(wire.endpoint().toString()))
                .findFirst()
                .map(port -> port.connected()
                        ? Optional.<String>empty()
                        : Optional.of(wire.name() + (port.detail().isEmpty() ? "" : " (" + port.detail() + ")")))
                .orElseGet(() -> Optional.of(wire.name()));
    }

    private static String some(List<String> missing) {
        return missing.stream().limit(NAMED).collect(Collectors.joining("; "))
                + (missing.size() > NAMED ? "; and " + (missing.size() - NAMED) + " more" : "");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "interrupted while wires were connected", "look again", e);
        }
    }
}
