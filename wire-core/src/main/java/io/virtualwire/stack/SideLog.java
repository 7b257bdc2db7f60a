package io.virtualwire.stack;

import io.virtualwire.time.Ticker;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.WireObserver;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what sides do into the log, each with when it happened in seconds of the machine's monotonic clock, so that the logs of
 * several daemons on one machine can be laid side by side.
 *
 * <p>Not on the owner thread, which has frames to carry: what is told there is written a moment later.
 */
public final class SideLog implements WireObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SideLog.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("side-log").factory());
    private final Ticker ticker;

    /** @param ticker the loop's clock, for events that come without their time */
    public SideLog(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public void happened(SideEvent event) {
        happened(event, ticker.nanoTime());
    }

    @Override
    public void happened(SideEvent event, long nanoTime) {
        try {
            writer.execute(() -> write(event, nanoTime));
        } catch (RejectedExecutionException e) {
            write(event, nanoTime);
        }
    }

    private static void write(SideEvent event, long nanoTime) {
        String at = BigDecimal.valueOf(nanoTime / 1_000, 6).toPlainString();
        LOG.atInfo()
                .addKeyValue("event", "side." + event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .addKeyValue("wire", event.wire())
                .addKeyValue("side", event.side())
                .addKeyValue("at", at)
                .log("{} at {}", event, at);
    }

    /** Writes what was told before. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
