package io.virtualwire.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners, on one thread and in order, of states newer than the last one told. */
final class Listeners<S> {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final Executor oneThread;
    private final List<Entry<S>> entries = new CopyOnWriteArrayList<>();

    Listeners(Executor oneThread) {
        this.oneThread = oneThread;
    }

    FabricLog.Registration add(Consumer<Applied<S>> listener, Applied<S> current) {
        Entry<S> entry = new Entry<>(listener);
        entries.add(entry);
        oneThread.execute(() -> entry.tell(current));
        return () -> entries.remove(entry);
    }

    void changed(Applied<S> applied) {
        oneThread.execute(() -> entries.forEach(entry -> entry.tell(applied)));
    }

    private static final class Entry<S> {
        private final Consumer<Applied<S>> listener;
        private @Nullable Applied<S> told;

        Entry(Consumer<Applied<S>> listener) {
            this.listener = listener;
        }

        void tell(Applied<S> applied) {
            // A state applied between adding and the first call arrives twice, once out of order.
            if (told != null && applied.index() <= told.index()) {
                return;
            }
            told = applied;
            try {
                listener.accept(applied);
            } catch (RuntimeException failure) {
                LOG.error("A listener failed on the state at index {}", applied.index(), failure);
            }
        }
    }
}
