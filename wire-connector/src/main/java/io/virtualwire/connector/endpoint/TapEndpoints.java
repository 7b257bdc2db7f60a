package io.virtualwire.connector.endpoint;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.linux.DescriptorStore;
import io.virtualwire.linux.DeviceShield;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.port.PortCounters;
import io.virtualwire.wire.Activation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Endpoints that are TAP devices, held by their descriptor, or by the interface where another process has the descriptor.
 *
 * <p>A device made here is persistent: it stays when this process dies, with the addresses and routes that the guest gave
 * it, and loses only its carrier. It carries the alias {@code virtualwire:tenant/name}, by which the next process knows
 * it as its own.
 */
public final class TapEndpoints implements EndpointHost {
    private static final String KEPT = "tap-";
    private static final String ALIAS = "virtualwire:";
    /** Frames that a guest may send while one process takes the place of another; the kernel's default is 500. */
    private static final int QUEUE = 2_000;
    /** From so many endpoints on all interfaces are asked for at once. */
    private static final int WORTH_A_SURVEY = 8;

    private final Patchboard patchboard;
    private final DescriptorStore store;
    private final Bypass bypass;
    private final Map<EndpointKey, Plugged> plugged = new ConcurrentHashMap<>();
    private final Map<EndpointKey, String> problems = new ConcurrentHashMap<>();
    /** What the interfaces were a moment ago, by namespace; empty unless many are plugged. */
    private Map<NetworkNamespace, Map<String, List<String>>> seen = Map.of();

    /** @param store keeps devices open while no process of this connector runs */
    public TapEndpoints(Patchboard patchboard, DescriptorStore store) {
        this(patchboard, store, new Bypass());
    }

    /** Past which the kernel carries the frames of some. */
    public TapEndpoints(Patchboard patchboard, DescriptorStore store, Bypass bypass) {
        this.patchboard = patchboard;
        this.store = store;
        this.bypass = bypass;
    }

    @Override
    public void plug(EndpointKey key, EndpointDescription endpoint) {
        if (check(key)) {
            return;
        }
        unplug(key, false);
        bypass.know(key, endpoint);
        try {
            plugged.put(key, open(key, endpoint));
            bypass.opened(key);
            problems.remove(key);
        } catch (WireException e) {
            problems.put(key, e.getMessage() + "; " + e.hint());
            throw e;
        }
    }

    /** Asks once for all what their interfaces are: with thousands of them a command for each would be minutes. */
    @Override
    public int plugAll(
            Map<EndpointKey, EndpointDescription> endpoints, BiConsumer<EndpointKey, WireException> refused) {
        if (endpoints.size() < WORTH_A_SURVEY) {
            return EndpointHost.super.plugAll(endpoints, refused);
        }
        seen = survey(endpoints.values());
        try {
            return EndpointHost.super.plugAll(endpoints, refused);
        } finally {
            seen = Map.of();
        }
    }

    private static Map<NetworkNamespace, Map<String, List<String>>> survey(Collection<EndpointDescription> endpoints) {
        Map<NetworkNamespace, Map<String, List<String>>> all = new HashMap<>();
        for (EndpointDescription endpoint : endpoints) {
            all.computeIfAbsent(NetworkNamespace.of(endpoint.namespace()), namespace -> {
                try {
                    return new InterfaceControl(namespace).all();
                } catch (WireException e) {
                    // Whoever is to be plugged there will say so.
                    return Map.of();
                }
            });
        }
        return all;
    }

    /**
     * A device that is open.
     *
     * @param descriptor stays this process's
     */
    public record Open(EndpointKey key, EndpointDescription endpoint, int mtu, int descriptor) {}

    /** The devices that are open now; like {@link #plug} on the one thread. */
    public List<Open> open() {
        return plugged.entrySet().stream()
                .map(each -> new Open(
                        each.getKey(),
                        each.getValue().endpoint(),
                        each.getValue().mtu(),
                        each.getValue().hold().descriptor()))
                .toList();
    }

    /** Goes on with a device that another process had open, and with what waits in its queue. */
    public void adopt(EndpointKey key, EndpointDescription endpoint, int mtu, int descriptor) {
        Hold hold = held(endpoint, descriptor);
        bypass.know(key, endpoint);
        bypass.opened(key);
        deafenIfCarried(key, hold);
        store.keep(kept(key), descriptor);
        plugged.put(key, new Plugged(endpoint, hold, mtu, patchboard.add(key, hold, mtu, activation(endpoint))));
    }

    /** By which name the store keeps an endpoint's device; short, as all names together have to fit into the environment. */
    public static String kept(EndpointKey key) {
        UUID name = UUID.nameUUIDFromBytes(key.toString().getBytes(StandardCharsets.UTF_8));
        return KEPT + Long.toHexString(name.getMostSignificantBits() ^ name.getLeastSignificantBits());
    }

    /** Closes devices that the store kept for endpoints which are no more. */
    public void forgetOthers() {
        store.forget(store.names().stream().filter(it -> it.startsWith(KEPT)).toArray(String[]::new));
    }

    @Override
    public void unplug(EndpointKey key, boolean forget) {
        problems.remove(key);
        if (forget) {
            bypass.forget(key);
        }
        Plugged found = plugged.remove(key);
        if (found == null) {
            return;
        }
        boolean there = forget && found.isThere();
        if (there && !found.endpoint().existing()) {
            found.hold().forget();
        }
        patchboard.remove(key);
        store.forget(kept(key));
        if (there && found.hold() instanceof Hold.ByInterface hold) {
            hold.expose();
        }
    }

    @Override
    public boolean check(EndpointKey key) {
        Plugged found = plugged.get(key);
        if (found == null) {
            return false;
        }
        if (!found.isThere()) {
            problems.put(key, "network device " + found.endpoint().device() + " was removed; it is looked for again");
            return false;
        }
        return true;
    }

    /** Takes no frames from its device any more, or again; nothing happens if that is not open. Safe for every thread. */
    public void deafen(EndpointKey key, boolean deaf) {
        Plugged found = plugged.get(key);
        if (found != null) {
            found.hold().deafen(deaf);
        }
    }

    @Override
    public EndpointState state(EndpointKey key) {
        Plugged found = plugged.get(key);
        String problem = problems.get(key);
        if (found == null) {
            return EndpointState.down(problem == null ? "not plugged in yet" : problem);
        }
        PortCounters counters = found.counters();
        Map<String, Long> drops = new HashMap<>();
        counters.drops().snapshot().forEach((reason, count) -> drops.put(reason.metricName(), count));
        return new EndpointState(
                problem == null,
                Optional.ofNullable(problem),
                Map.of(
                        "framesFromGuest", counters.ingressFrames(),
                        "bytesFromGuest", counters.ingressBytes(),
                        "framesToGuest", counters.egressFrames(),
                        "bytesToGuest", counters.egressBytes()),
                drops);
    }

    private Plugged open(EndpointKey key, EndpointDescription endpoint) {
        NetworkNamespace namespace = NetworkNamespace.of(endpoint.namespace());
        InterfaceControl control = new InterfaceControl(namespace);
        boolean there = control.exists(endpoint.device());
        if (endpoint.existing() && (!there || isAnothers(words(control, endpoint), key))) {
            throw absent(key, endpoint);
        }
        if (!endpoint.existing() && there) {
            requireOwn(words(control, endpoint), key, endpoint.device());
        }
        Optional<Integer> left = store.take(kept(key));
        if (left.isPresent()) {
            Optional<Hold> again = again(endpoint, left.get());
            if (again.isPresent()) {
                deafenIfCarried(key, again.get());
                int mtu = control.mtu(endpoint.device());
                return new Plugged(
                        endpoint, again.get(), mtu, patchboard.add(key, again.get(), mtu, activation(endpoint)));
            }
            store.forget(kept(key));
        }
        boolean make = !endpoint.existing() && !there;
        Hold hold = endpoint.deviceSide() ? byInterface(endpoint, make) : byDescriptor(endpoint);
        try {
            if (make) {
                configure(control, key, endpoint);
            } else if (endpoint.deviceSide()) {
                control.up(endpoint.device());
            }
            store.keep(kept(key), hold.descriptor());
            if (bypass.carries(key)) {
                hold.deafen(true);
                // What has come since the socket was opened the kernel has carried; it must not come twice.
                hold.discardQueued();
            }
            int mtu = endpoint.existing() ? control.mtu(endpoint.device()) : endpoint.mtu();
            return new Plugged(endpoint, hold, mtu, patchboard.add(key, hold, mtu, activation(endpoint)));
        } catch (RuntimeException e) {
            if (make) {
                hold.forget();
            }
            hold.close();
            store.forget(kept(key));
            throw e;
        }
    }

    private void deafenIfCarried(EndpointKey key, Hold hold) {
        if (bypass.carries(key)) {
            hold.deafen(true);
        }
    }

    /** What the process before had open, with what waits in its queue, if its device is still there. */
    private static Optional<Hold> again(EndpointDescription endpoint, int descriptor) {
        Hold hold;
        try {
            hold = held(endpoint, descriptor);
        } catch (WireException e) {
            return Optional.empty();
        }
        if (!hold.isThere()) {
            hold.close();
            return Optional.empty();
        }
        return Optional.of(hold);
    }

    private static Hold held(EndpointDescription endpoint, int descriptor) {
        NetworkNamespace namespace = NetworkNamespace.of(endpoint.namespace());
        return endpoint.deviceSide()
                ? new Hold.ByInterface(PacketSocket.adopt(endpoint.device(), descriptor), namespace, endpoint.device())
                : new Hold.ByDescriptor(TapDevice.adopt(request(endpoint), descriptor));
    }

    private static Hold byDescriptor(EndpointDescription endpoint) {
        return new Hold.ByDescriptor(TapDevice.open(request(endpoint)));
    }

    /** Whoever is to have the descriptor finds the interface by its name. */
    private static Hold byInterface(EndpointDescription endpoint, boolean make) {
        NetworkNamespace namespace = NetworkNamespace.of(endpoint.namespace());
        if (make) {
            TapDevice.open(request(endpoint)).close();
        }
        try {
            new DeviceShield(namespace).raise(endpoint.device());
            return new Hold.ByInterface(PacketSocket.open(namespace, endpoint.device()), namespace, endpoint.device());
        } catch (RuntimeException e) {
            if (make) {
                new InterfaceControl(namespace).delete(endpoint.device());
            }
            throw e;
        }
    }

    private static TapRequest request(EndpointDescription endpoint) {
        return TapRequest.named(endpoint.device())
                .in(NetworkNamespace.of(endpoint.namespace()))
                .persistent(!endpoint.existing());
    }

    /** The answer to who wants a device as it is that is not there, or not for him. */
    public static WireException absent(EndpointKey key, EndpointDescription endpoint) {
        return new WireException(
                ErrorCode.NOT_FOUND,
                "cannot plug endpoint " + key + ": there is no network device " + endpoint.device() + " in namespace "
                        + NetworkNamespace.of(endpoint.namespace()),
                "make it first with 'ip tuntap add " + endpoint.device()
                        + " mode tap vnet_hdr', or leave out --existing");
    }

    /** The answer to who wants a device to be made whose name is not free. */
    public static WireException taken(EndpointKey key, String device) {
        return new WireException(
                ErrorCode.ALREADY_EXISTS,
                "cannot make network device " + device + " for endpoint " + key + ": there is one of that name",
                "use --existing to take it as it is, or another name with --tap");
    }

    private static boolean isAnothers(List<String> words, EndpointKey key) {
        return words.stream().anyMatch(it -> it.startsWith(ALIAS) && !it.equals(ALIAS + key));
    }

    private static void requireOwn(List<String> words, EndpointKey key, String device) {
        if (!words.contains(ALIAS + key)) {
            throw taken(key, device);
        }
    }

    /* "… alias virtualwire:acme/web …": ip shows an alias as the kernel has it. */
    private List<String> words(InterfaceControl control, EndpointDescription endpoint) {
        Map<String, List<String>> there = seen.get(NetworkNamespace.of(endpoint.namespace()));
        List<String> words = there == null ? null : there.get(endpoint.device());
        return words == null
                ? List.of(control.ip("-o", "link", "show", "dev", endpoint.device())
                        .strip()
                        .split("[\\s\\\\]+"))
                : words;
    }

    private static void configure(InterfaceControl control, EndpointKey key, EndpointDescription endpoint) {
        List<String> command = new ArrayList<>(List.of("link", "set", "dev", endpoint.device()));
        command.addAll(List.of("alias", ALIAS + key, "mtu", Integer.toString(endpoint.mtu())));
        command.addAll(List.of("txqueuelen", Integer.toString(QUEUE)));
        if (!endpoint.deviceSide()) {
            endpoint.mac().ifPresent(mac -> command.addAll(List.of("address", mac)));
        }
        command.add("up");
        control.ip(command.toArray(String[]::new));
    }

    private static Activation activation(EndpointDescription endpoint) {
        long mac = endpoint.mac().map(it -> MacAddress.parse(it).bits()).orElse(0L);
        // Out of a QEMU that is still being moved there comes nothing: its guest does not run.
        return new Activation(true, true, endpoint.deviceSide(), mac);
    }

    private record Plugged(EndpointDescription endpoint, Hold hold, int mtu, PortCounters counters) {
        boolean isThere() {
            return hold.isThere();
        }
    }
}
