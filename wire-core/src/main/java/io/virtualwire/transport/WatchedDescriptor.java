package io.virtualwire.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A descriptor on Netty's epoll loop: turns its events into calls. */
final class WatchedDescriptor implements EpollIoHandle, Registration {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedDescriptor.class);
    private static final int READ_MASK = EpollIoOps.EPOLLIN.value() | EpollIoOps.EPOLLERR.value();

    private final FileDescriptor descriptor;
    private final ReadyHandler onReadable;
    private final ReadyHandler onWritable;
    private @Nullable IoRegistration registration;
    private EpollIoOps wanted = EpollIoOps.EPOLLIN;
    private boolean cancelled;

    private WatchedDescriptor(int fd, ReadyHandler onReadable, ReadyHandler onWritable) {
        this.descriptor = new FileDescriptor(fd);
        this.onReadable = onReadable;
        this.onWritable = onWritable;
    }

    static Registration register(IoEventLoop loop, int fd, ReadyHandler onReadable, ReadyHandler onWritable) {
        WatchedDescriptor watched = new WatchedDescriptor(fd, onReadable, onWritable);
        Future<IoRegistration> result = loop.register(watched);
        IoRegistration registration = result.getNow();
        if (registration == null) {
            throw new WireException(
                    ErrorCode.SYSTEM, "watch descriptor " + fd + " on the data path", "see the cause", result.cause());
        }
        watched.registration = registration;
        registration.submit(watched.wanted);
        return watched;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration source, IoEvent event) {
        int ops = ((EpollIoEvent) event).ops().value();
        if ((ops & READ_MASK) != 0) {
            call(onReadable);
        }
        if (!cancelled && (ops & EpollIoOps.EPOLLOUT.value()) != 0) {
            call(onWritable);
        }
    }

    private void call(ReadyHandler handler) {
        if (cancelled) {
            return;
        }
        try {
            handler.ready();
        } catch (RuntimeException e) {
            LOG.error("the handler of descriptor {} failed; the loop goes on", descriptor.intValue(), e);
        }
    }

    @Override
    public void wantReads(boolean reads) {
        want(EpollIoOps.EPOLLIN, reads);
    }

    @Override
    public void wantWrites(boolean writes) {
        want(EpollIoOps.EPOLLOUT, writes);
    }

    private void want(EpollIoOps op, boolean on) {
        EpollIoOps changed = on ? wanted.with(op) : wanted.without(op);
        if (registration != null && !cancelled && !changed.equals(wanted)) {
            wanted = changed;
            registration.submit(changed);
        }
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            if (registration != null) {
                registration.cancel();
            }
        }
    }

    /** The loop ends: the descriptor itself belongs to whoever opened it. */
    @Override
    public void close() {
        cancelled = true;
    }
}
