package io.virtualwire.transport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.ThreadNice;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner thread of the data path, on Netty's epoll loop.
 *
 * <p>Descriptors are watched level-triggered: a {@link ReadyHandler} does a bounded piece of work and is called again if
 * there is more, after the others had their turn. Where that is allowed the thread goes before those of the guests
 * ({@link Precedence}).
 */
public final class DatapathLoop implements Loop, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatapathLoop.class);
    private static final int CLOSE_TIMEOUT_SECONDS = 10;

    /** The longest frame of a guest, and one byte by which a longer one is seen to be longer. */
    public static final int SCRATCH_BYTES = 65_563;

    /**
     * After so many bytes a {@link ReadyHandler} has had its turn: a few super-frames, some tenths of a millisecond of sealing, which
     * is what a lone small frame of another port may have to wait for each busy one.
     */
    public static final int BYTES_PER_TURN = 262_144;

    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final IoEventLoopGroup group;
    private final SingleThreadIoEventLoop loop;
    private final Precedence precedence = new Precedence(Ticker.system(), ThreadNice::set);

    private DatapathLoop(String name) {
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
        loop = (SingleThreadIoEventLoop) group.next();
        loop.execute(() -> {
            if (!precedence.take()) {
                LOG.debug("thread {} has no precedence: that takes CAP_SYS_NICE or LimitNICE=-10", name);
            }
        });
    }

    /** Starts a loop whose thread has this name. */
    public static DatapathLoop start(String name) {
        if (!Epoll.isAvailable()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "start the data path: epoll is not available",
                    "run on Linux with netty-transport-native-epoll on the class path",
                    Epoll.unavailabilityCause());
        }
        return new DatapathLoop(name);
    }

    /**
     * Where what is read on this loop may be put until the reader returns to it: one for all ports, of which there may be
     * thousands, instead of one for each.
     */
    public byte[] scratch() {
        assertInLoop();
        return scratch;
    }

    /** Netty's view of this loop, for channels that are to live on the same thread. */
    public IoEventLoop eventLoop() {
        return loop;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> run(task));
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Future<?> future = loop.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void atEndOfTurn(Runnable task) {
        loop.executeAfterEventLoopIteration(task);
    }

    @Override
    public Ticker ticker() {
        return Ticker.system();
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    /**
     * Watches a descriptor, which stays the caller's. Called on the loop.
     *
     * @param onReadable is called in every turn in which there is something to read, from now on
     * @param onWritable is called in every turn in which there is room to write, while that is {@linkplain
     *     Registration#wantWrites wanted}
     */
    public Registration register(int fd, ReadyHandler onReadable, ReadyHandler onWritable) {
        assertInLoop();
        return WatchedDescriptor.register(loop, fd, counted(onReadable), onWritable);
    }

    private ReadyHandler counted(ReadyHandler handler) {
        return () -> {
            if (precedence.called()) {
                lookLater();
            }
            handler.ready();
        };
    }

    private void lookLater() {
        schedule(Precedence.LOOK, () -> {
            if (!precedence.look()) {
                lookLater();
            }
        });
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a task on the data path failed; the loop goes on", e);
        }
    }

    /** Ends the thread after what is queued has run. Not to be called on the loop. */
    @Override
    public void close() {
        if (inLoop()) {
            throw new IllegalStateException("the loop cannot wait for its own end");
        }
        group.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
