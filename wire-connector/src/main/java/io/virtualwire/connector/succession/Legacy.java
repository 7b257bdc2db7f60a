package io.virtualwire.connector.succession;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.DescriptorStore;
import io.virtualwire.linux.MemoryFile;
import io.virtualwire.linux.UnixSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link Estate} for which the heir is not there yet: left with the service manager by a connector that ends, and found by
 * the next one.
 *
 * <pre>
 *   old: stands still ── sockets, estate ──▶ service manager ── sockets, estate ──▶ new: empties the estate, goes on
 * </pre>
 *
 * <p>The estate is a file in memory. Whoever finds it empties it before anything else: two processes that both went on from
 * it would both use the nonces that come next.
 */
public final class Legacy {
    private static final Logger log = LoggerFactory.getLogger(Legacy.class);
    private static final String ESTATE = "estate";
    private static final String SOCKET = "socket-";
    private static final String VERSION = "version";
    private static final String CONTENT = "content";
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final DescriptorStore store;

    public Legacy(DescriptorStore store) {
        this.store = store;
    }

    /**
     * What was left.
     *
     * @param sockets the descriptors that come before the devices'; who takes one closes it
     */
    public record Found(Estate estate, List<Integer> sockets) {}

    /**
     * Leaves it. Devices are not among it, as the store has these all the time.
     *
     * @param sockets stay this process's too
     * @return whether it is certain that it is kept
     */
    public boolean leave(Estate estate, List<Integer> sockets) {
        byte[] content = encode(estate);
        int file = MemoryFile.holding(content);
        Arrays.fill(content, (byte) 0);
        try {
            for (int i = 0; i < sockets.size(); i++) {
                store.keep(SOCKET + i, sockets.get(i));
            }
            store.keep(ESTATE, file);
            if (store.settle()) {
                return true;
            }
            MemoryFile.take(file);
            store.forget(names(sockets.size()));
            return false;
        } finally {
            UnixSocket.closeDescriptor(file);
        }
    }

    /** What was left, which is kept no longer; empty if there is nothing that this release can go on with. */
    public Optional<Found> find() {
        Optional<Integer> file = store.take(ESTATE);
        List<Integer> sockets = new ArrayList<>();
        for (int i = 0; ; i++) {
            Optional<Integer> socket = store.take(SOCKET + i);
            if (socket.isEmpty()) {
                break;
            }
            sockets.add(socket.get());
        }
        if (file.isEmpty() && sockets.isEmpty()) {
            return Optional.empty();
        }
        Optional<Estate> estate = file.flatMap(this::take);
        store.forget(names(sockets.size()));
        if (estate.isEmpty()) {
            sockets.forEach(UnixSocket::closeDescriptor);
        }
        return estate.map(it -> new Found(it, sockets));
    }

    private Optional<Estate> take(int file) {
        byte[] content = new byte[0];
        try {
            content = MemoryFile.take(file);
            return content.length == 0 ? Optional.empty() : decode(content);
        } catch (WireException e) {
            log.warn("what the process before has left cannot be read: {}", e.getMessage());
            return Optional.empty();
        } finally {
            Arrays.fill(content, (byte) 0);
            UnixSocket.closeDescriptor(file);
        }
    }

    private static String[] names(int sockets) {
        List<String> names = new ArrayList<>(List.of(ESTATE));
        for (int i = 0; i < sockets; i++) {
            names.add(SOCKET + i);
        }
        return names.toArray(String[]::new);
    }

    private byte[] encode(Estate estate) {
        ObjectNode root = JSON.createObjectNode().put(VERSION, estate.version());
        root.set(CONTENT, JSON.valueToTree(estate));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new IllegalStateException("an estate is not JSON", e);
        }
    }

    private Optional<Estate> decode(byte[] content) {
        try {
            JsonNode root = JSON.readTree(content);
            int version = root.path(VERSION).asInt();
            if (version < Parcels.LOWEST || version > Parcels.HIGHEST) {
                log.warn("what the process before has left is of version {}, which is not known here", version);
                return Optional.empty();
            }
            return Optional.of(JSON.treeToValue(root.path(CONTENT), Estate.class));
        } catch (IOException e) {
            log.warn("what the process before has left cannot be understood: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
