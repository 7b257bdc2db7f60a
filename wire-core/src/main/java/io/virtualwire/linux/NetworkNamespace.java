package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace: the process's own, or one that {@code ip netns} knows by name.
 *
 * @param name as {@code ip netns} shows it; empty for the process's own
 */
public record NetworkNamespace(String name) {
    private static final NetworkNamespace OWN = new NetworkNamespace("");
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int O_CLOEXEC = 0x8_0000;

    public NetworkNamespace {
        if (name.contains("/") || name.equals(".") || name.equals("..")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + name + "' is not the name of a network namespace",
                    "see the names with: ip netns");
        }
    }

    /** The namespace that this process runs in. */
    public static NetworkNamespace own() {
        return OWN;
    }

    /** The named namespace, or the process's own if there is no name. */
    public static NetworkNamespace of(Optional<String> name) {
        return name.map(NetworkNamespace::new).orElse(OWN);
    }

    public boolean isOwn() {
        return name.isEmpty();
    }

    /**
     * Does the work inside this namespace and waits for it; what it opens stays there.
     *
     * <p>The work has a thread of its own that ends with it. That thread goes back before it tells that the work is done: who
     * waits in a virtual thread is woken by it, for which it may start another carrier thread, and a thread begins in the
     * namespace of the one that starts it. For the same reason the work itself must start no threads that stay.
     */
    public <T> T call(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(isOwn() ? work : () -> inside(work));
        if (isOwn()) {
            task.run();
        } else {
            Thread.ofPlatform().name("netns-" + name).daemon().start(task);
        }
        return await(task);
    }

    private <T> T await(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new WireException(
                    ErrorCode.SYSTEM, "work in network namespace " + this + " failed", "see the cause", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.TIMEOUT, "work in network namespace " + this + " was interrupted", "repeat it", e);
        }
    }

    private <T> T inside(Callable<T> work) throws Exception {
        Syscalls calls = new Syscalls();
        int own = calls.open("/proc/thread-self/ns/net", O_CLOEXEC);
        if (own < 0) {
            throw Syscalls.failure("open the process's network namespace", own, "mount /proc");
        }
        try {
            enter(calls);
            try {
                return work.call();
            } finally {
                calls.setns(own, CLONE_NEWNET);
            }
        } finally {
            calls.close(own);
        }
    }

    private void enter(Syscalls calls) {
        int fd = calls.open("/run/netns/" + name, O_CLOEXEC);
        if (fd < 0) {
            throw Syscalls.failure("open network namespace " + name, fd, "create it with: ip netns add " + name);
        }
        int result = calls.setns(fd, CLONE_NEWNET);
        calls.close(fd);
        if (result < 0) {
            throw Syscalls.failure("enter network namespace " + name, result, "see the cause");
        }
    }

    @Override
    public String toString() {
        return isOwn() ? "(own)" : name;
    }
}
