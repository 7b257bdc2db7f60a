package io.virtualwire.linux;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link ServiceManager} kept from the process before, by name: descriptors 3 and on, counted by {@code LISTEN_FDS} and
 * named by {@code LISTEN_FDNAMES}, if {@code LISTEN_PID} is this process, as sd_listen_fds(3) has it.
 *
 * <p>Each is given to one who takes it; what nobody has taken is closed at the end. Used by one thread at a time.
 */
public final class KeptDescriptors {
    private static final int FIRST = 3;

    private final Map<String, Integer> left;

    private KeptDescriptors(Map<String, Integer> left) {
        this.left = left;
    }

    /** Those that the environment tells of. */
    public static KeptDescriptors of(Map<String, String> environment) {
        String own = Long.toString(ProcessHandle.current().pid());
        Map<String, Integer> found = new LinkedHashMap<>();
        if (own.equals(environment.get("LISTEN_PID"))) {
            String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
            int count = number(environment.getOrDefault("LISTEN_FDS", "0"));
            for (int i = 0; i < count; i++) {
                String name = i < names.length && !names[i].isEmpty() ? names[i] : "unnamed-" + i;
                Integer former = found.put(name, FIRST + i);
                if (former != null) {
                    UnixSocket.closeDescriptor(former);
                }
            }
        }
        return new KeptDescriptors(found);
    }

    /** Just these. */
    public static KeptDescriptors of(Collection<Map.Entry<String, Integer>> named) {
        Map<String, Integer> found = new LinkedHashMap<>();
        named.forEach(each -> found.put(each.getKey(), each.getValue()));
        return new KeptDescriptors(found);
    }

    /** None. */
    public static KeptDescriptors none() {
        return new KeptDescriptors(new LinkedHashMap<>());
    }

    /** The names of those that nobody has taken. */
    public List<String> names() {
        return List.copyOf(left.keySet());
    }

    /** One of them, which is the caller's from now on. */
    public Optional<Integer> take(String name) {
        return Optional.ofNullable(left.remove(name));
    }

    /** Closes one of them, if it is there. */
    public void close(String name) {
        take(name).ifPresent(UnixSocket::closeDescriptor);
    }

    private static int number(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
