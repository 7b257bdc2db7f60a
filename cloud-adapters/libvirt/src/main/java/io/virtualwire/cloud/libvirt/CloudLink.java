package io.virtualwire.cloud.libvirt;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for commands, which ask and end: made when it is needed first, so that a cloud can be added while its hypervisor is out of
 * reach, and made again when it is needed after it broke. Nobody listens to events there.
 */
final class CloudLink implements Asking {
    private static final Logger LOG = LoggerFactory.getLogger(CloudLink.class);
    /** A daemon that says nothing for as long is gone. */
    private static final int KEEP_ALIVE_SECONDS = 5;

    private static final int KEEP_ALIVE_MISSED = 3;

    private final String uri;
    private @Nullable Connect connection;
    private boolean closed;

    CloudLink(String uri) {
        this.uri = uri;
    }

    @Override
    public <T> T ask(String attempted, LibvirtLink.Question<T> question) {
        Connect current = current();
        try {
            return question.ask(current);
        } catch (LibvirtException e) {
            if (alive(current)) {
                throw Refusal.of(attempted, e);
            }
            drop(current);
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "cannot " + attempted + ": the connection to " + uri + " is lost: " + Refusal.words(e),
                    "see that libvirtd runs there, and do it again",
                    e);
        }
    }

    private synchronized Connect current() {
        if (closed) {
            throw new WireException(ErrorCode.WRONG_STATE, "the connection to " + uri + " was closed", "open another");
        }
        if (connection != null) {
            return connection;
        }
        try {
            EventLoop.INSTANCE.ensureStarted();
            Connect made = new Connect(uri);
            watch(made);
            connection = made;
            return made;
        } catch (LibvirtException e) {
            throw Refusal.unreachable(uri, e);
        }
    }

    private void watch(Connect made) {
        try {
            made.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_MISSED);
        } catch (LibvirtException e) {
            LOG.debug("{} is not watched: {}", uri, Refusal.words(e));
        }
    }

    private static boolean alive(Connect connection) {
        try {
            return connection.isConnected();
        } catch (LibvirtException e) {
            return false;
        }
    }

    private synchronized void drop(Connect gone) {
        if (connection == gone) {
            connection = null;
            release(gone);
        }
    }

    private void release(Connect gone) {
        try {
            gone.close();
        } catch (LibvirtException e) {
            LOG.debug("{}: {}", uri, Refusal.words(e));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            release(connection);
            connection = null;
        }
    }
}
