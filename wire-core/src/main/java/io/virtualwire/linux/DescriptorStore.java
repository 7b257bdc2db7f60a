package io.virtualwire.linux;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Descriptors that outlive this process: a {@link ServiceManager} keeps them, and gives them to the next one. What of that this
 * process was given by the one before is {@linkplain #take taken} from here. Any thread.
 */
public final class DescriptorStore {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ServiceManager manager;
    private final KeptDescriptors left;

    public DescriptorStore(ServiceManager manager, KeptDescriptors left) {
        this.manager = manager;
        this.left = left;
    }

    /** One that keeps nothing. */
    public static DescriptorStore none() {
        return new DescriptorStore(ServiceManager.none(), KeptDescriptors.none());
    }

    /** Whether there is somebody who may keep something. */
    public boolean exists() {
        return manager.keeps();
    }

    /** What the process before has left by that name; it is the caller's, and stays kept. */
    public synchronized Optional<Integer> take(String name) {
        return left.take(name);
    }

    /** The names of what nobody has taken yet. */
    public synchronized List<String> names() {
        return left.names();
    }

    /** Has a descriptor kept, which stays the caller's too. */
    public void keep(String name, int descriptor) {
        if (exists()) {
            manager.keep(name, descriptor);
        }
    }

    /** Has names kept no longer, and returns when that is so. What nobody has taken by them is closed. */
    public void forget(String... names) {
        for (String name : names) {
            synchronized (this) {
                left.close(name);
            }
            if (exists()) {
                manager.forget(name);
            }
        }
        settle();
    }

    /** Returns when all that was said before is so; false if that cannot be known. */
    public boolean settle() {
        return exists() && manager.await(PATIENCE);
    }
}
