package io.virtualwire.cli.command;

import io.virtualwire.config.ReloadReport;
import io.virtualwire.linux.DescriptorStore;
import io.virtualwire.linux.KeptDescriptors;
import io.virtualwire.linux.ServiceManager;
import io.virtualwire.time.Ticker;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a daemon tells the service manager that started it, if one did. */
final class Supervision {
    private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);
    /** How many times it is heard before it would be taken for stuck. */
    private static final int OFTEN = 3;

    private final ServiceManager manager;
    private final DescriptorStore store;

    private Supervision(ServiceManager manager, KeptDescriptors kept) {
        this.manager = manager;
        this.store = new DescriptorStore(manager, kept);
    }

    /** As the environment says. */
    static Supervision ofEnvironment() {
        return new Supervision(ServiceManager.of(System.getenv()), KeptDescriptors.of(System.getenv()));
    }

    /** What it keeps from one process of this daemon to the next. */
    DescriptorStore store() {
        return store;
    }

    /**
     * The daemon does what it is for.
     *
     * @param turn returns when the daemon's threads have come round once; while it does not, the daemon counts as stuck
     */
    void ready(String status, Runnable turn) {
        manager.status(status);
        manager.ready();
        manager.watchdog().ifPresent(longest -> {
            long pause = Math.max(1, longest.toMillis() / OFTEN);
            ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("watchdog").factory());
            watch.scheduleWithFixedDelay(() -> lookAfter(turn), 0, pause, TimeUnit.MILLISECONDS);
        });
    }

    /** The same way to read the configuration again, of which the manager is told. */
    Supplier<ReloadReport> telling(Supplier<ReloadReport> reload) {
        return () -> {
            manager.reloading(Ticker.system().nanoTime());
            try {
                return reload.get();
            } finally {
                manager.ready();
            }
        };
    }

    /** The daemon is about to end. */
    void stopping(String status) {
        manager.stopping();
        manager.status(status);
    }

    private void lookAfter(Runnable turn) {
        try {
            turn.run();
        } catch (RuntimeException e) {
            // It answers, and that it is ending is no reason to end it.
            LOG.debug("no turn: {}", e.getMessage());
        }
        manager.alive();
    }
}
