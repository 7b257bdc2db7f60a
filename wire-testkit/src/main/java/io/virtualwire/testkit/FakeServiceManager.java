package io.virtualwire.testkit;

import io.virtualwire.control.WireException;
import io.virtualwire.linux.Errno;
import io.virtualwire.linux.KeptDescriptors;
import io.virtualwire.linux.UnixSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A service manager of a test, which does what sd_notify(3) says of systemd:
 *
 * <ol>
 *   <li>A datagram is lines of NAME=VALUE, and the descriptors that came with it.
 *   <li>FDSTORE=1 keeps the descriptors by the name FDNAME says, until FDSTOREREMOVE=1 with that name, or the end.
 *   <li>BARRIER=1 closes its descriptor after all datagrams before it were dealt with.
 *   <li>Descriptors that come with anything else are closed.
 *   <li>The next process gets those that are kept; the manager keeps them too.
 * </ol>
 */
public final class FakeServiceManager implements AutoCloseable {
    private static final int LONGEST = 4096;

    private final Path path;
    private final UnixSocket socket;
    private final Thread thread;
    private final List<String> said = new ArrayList<>();
    private final Map<String, List<Integer>> kept = new LinkedHashMap<>();

    /** Hears what is said to {@code notify} in that folder. */
    public FakeServiceManager(Path folder) {
        path = folder.resolve("notify");
        socket = UnixSocket.datagramsAt(path);
        thread = Thread.ofPlatform().name("service-manager").daemon().start(this::hear);
    }

    /** What a service finds in its environment. */
    public Map<String, String> environment() {
        return Map.of("NOTIFY_SOCKET", path.toString());
    }

    /** The first line of everything that was said. */
    public synchronized List<String> said() {
        return List.copyOf(said);
    }

    /** The names of what is kept. */
    public synchronized List<String> kept() {
        return List.copyOf(kept.keySet());
    }

    /** What the next process gets. */
    public synchronized KeptDescriptors handOut() {
        List<Map.Entry<String, Integer>> all = new ArrayList<>();
        kept.forEach((name, descriptors) ->
                descriptors.forEach(each -> all.add(Map.entry(name, UnixSocket.duplicate(each)))));
        return KeptDescriptors.of(all);
    }

    private void hear() {
        byte[] bytes = new byte[LONGEST];
        while (true) {
            UnixSocket.Received received = socket.receive(bytes, 0, bytes.length);
            if (received.length() == -Errno.EINTR) {
                continue;
            }
            if (received.length() <= 0) {
                return;
            }
            take(new String(bytes, 0, received.length(), StandardCharsets.UTF_8), received.descriptors());
        }
    }

    private synchronized void take(String text, List<Integer> descriptors) {
        List<String> lines = text.lines().toList();
        said.add(lines.getFirst());
        String name = lines.stream()
                .filter(line -> line.startsWith("FDNAME="))
                .map(line -> line.substring("FDNAME=".length()))
                .findFirst()
                .orElse("stored");
        if (lines.contains("FDSTORE=1")) {
            kept.computeIfAbsent(name, it -> new ArrayList<>()).addAll(descriptors);
            return;
        }
        if (lines.contains("FDSTOREREMOVE=1")) {
            kept.getOrDefault(name, List.of()).forEach(UnixSocket::closeDescriptor);
            kept.remove(name);
        }
        descriptors.forEach(UnixSocket::closeDescriptor);
    }

    /** Ends, and closes what it keeps. */
    @Override
    public void close() {
        try {
            socket.shutdown();
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (WireException e) {
            throw new IllegalStateException("the stand-in does not end", e);
        }
        socket.close();
        kept.values().forEach(each -> each.forEach(UnixSocket::closeDescriptor));
        kept.clear();
    }
}
