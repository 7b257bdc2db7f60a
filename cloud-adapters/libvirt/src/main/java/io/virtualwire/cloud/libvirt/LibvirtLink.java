package io.virtualwire.cloud.libvirt;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.LifecycleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a libvirt daemon that is made again when it breaks.
 *
 * <p>All that is told is told by one thread, so it is in order; listeners must not wait for this link.
 */
final class LibvirtLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtLink.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    /** A daemon that says nothing for as long is gone. */
    private static final int KEEP_ALIVE_SECONDS = 5;

    private static final int KEEP_ALIVE_MISSED = 3;

    private final String uri;
    private final Listener listener;
    private final ScheduledExecutorService teller;
    private final LifecycleListener hearing = this::heard;
    private @Nullable Connect connection;
    private boolean closed;

    /** Who hears of it. */
    interface Listener {
        /** There is a connection; everything has to be read again. */
        void back();

        void lost(String why);

        void changed(String name, String id, DomainEvent event);
    }

    /** What is asked of libvirt. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connect connection) throws LibvirtException;
    }

    /** Makes the first connection before it returns; throws if there is none to be had. */
    LibvirtLink(String uri, Listener listener) {
        this.uri = uri;
        this.listener = listener;
        this.teller = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("libvirt-" + uri).daemon().factory());
        try {
            EventLoop.INSTANCE.ensureStarted();
            connect();
        } catch (LibvirtException e) {
            teller.shutdownNow();
            throw Refusal.unreachable(uri, e);
        }
    }

    /** Asks; a refusal is told as what was attempted. */
    <T> T ask(String attempted, Question<T> question) {
        Connect current = current(attempted);
        try {
            return question.ask(current);
        } catch (LibvirtException e) {
            if (!alive(current)) {
                tell(() -> broken(current, Refusal.words(e)));
                throw unreachable(attempted, e);
            }
            throw Refusal.of(attempted, e);
        }
    }

    private synchronized Connect current(String attempted) {
        if (connection == null) {
            throw unreachable(attempted, null);
        }
        return connection;
    }

    private WireException unreachable(String attempted, @Nullable LibvirtException why) {
        String message = "cannot " + attempted + ": there is no connection to " + uri;
        String hint = "it is tried again; see that libvirtd runs there";
        return why == null
                ? new WireException(ErrorCode.UNAVAILABLE, message, hint)
                : new WireException(ErrorCode.UNAVAILABLE, message, hint, why);
    }

    private static boolean alive(Connect connection) {
        try {
            return connection.isConnected();
        } catch (LibvirtException e) {
            return false;
        }
    }

    private void connect() throws LibvirtException {
        Connect made = new Connect(uri);
        try {
            made.registerCloseListener((connect, reason) -> tell(() -> broken(connect, "libvirt says " + reason)));
            made.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_MISSED);
        } catch (LibvirtException unsupported) {
            // The test driver has neither, and breaks never.
            LOG.debug("{} is not watched: {}", uri, Refusal.words(unsupported));
        }
        made.addLifecycleListener(hearing);
        synchronized (this) {
            if (closed) {
                made.close();
                return;
            }
            connection = made;
        }
    }

    /* In libvirt's own thread, in which no call to libvirt may be waited for. */
    private int heard(Domain domain, DomainEvent event) {
        try {
            String name = domain.getName();
            String id = domain.getUUIDString();
            tell(() -> listener.changed(name, id, event));
        } catch (LibvirtException e) {
            LOG.warn("{} tells {} of a domain without a name: {}", uri, event, Refusal.words(e));
        }
        return 0;
    }

    private void broken(Connect gone, String why) {
        synchronized (this) {
            if (closed || connection != gone) {
                return;
            }
            connection = null;
        }
        LOG.warn("The connection to {} is lost: {}", uri, why);
        listener.lost(why);
        release(gone);
        retry();
    }

    private void retry() {
        synchronized (this) {
            if (closed) {
                return;
            }
            teller.schedule(this::reconnect, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void reconnect() {
        try {
            connect();
        } catch (LibvirtException e) {
            LOG.debug("{} is still out of reach: {}", uri, Refusal.words(e));
            retry();
            return;
        }
        listener.back();
    }

    private synchronized void tell(Runnable what) {
        if (!closed) {
            teller.execute(what);
        }
    }

    private void release(Connect gone) {
        try {
            // Else what was on its way finds a connection that is freed.
            gone.removeLifecycleListener(hearing);
        } catch (LibvirtException e) {
            LOG.debug("{}: {}", uri, Refusal.words(e));
        }
        try {
            gone.close();
        } catch (LibvirtException e) {
            LOG.debug("{}: {}", uri, Refusal.words(e));
        }
    }

    @Override
    public void close() {
        Connect last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = connection;
            connection = null;
        }
        teller.shutdownNow();
        if (last != null) {
            release(last);
        }
    }
}
