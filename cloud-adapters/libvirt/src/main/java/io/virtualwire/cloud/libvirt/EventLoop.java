package io.virtualwire.cloud.libvirt;

import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread in which libvirt's library tells events and notices that a connection is gone.
 *
 * <p>The library has one such loop a process, which must be there before the first connection and cannot be ended: hence the
 * single instance.
 */
enum EventLoop {
    INSTANCE;

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    /** Held here, because the library would lose it to the garbage collector. */
    private static final Libvirt.VirErrorCallback QUIET = (user, error) -> {};

    private boolean started;

    synchronized void ensureStarted() throws LibvirtException {
        if (!started) {
            Library.initEventLoop();
            // Else the library prints to standard error what it also throws.
            Connect.setErrorCallback(QUIET);
            Thread.ofPlatform().name("libvirt-events").daemon().start(EventLoop::run);
            started = true;
        }
    }

    private static void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Library.processEvent();
            } catch (LibvirtException e) {
                LOG.warn("libvirt's event loop: {}", Refusal.words(e));
            }
        }
    }
}
