package io.virtualwire.node;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.cloud.spi.FakeHypervisors;
import io.virtualwire.cloud.spi.FakeHypervisors.Stage;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.HypervisorEvent;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.machine.HostConnector;
import io.virtualwire.machine.MachineHosts;
import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.testkit.fabric.Interference;
import io.virtualwire.testkit.fabric.Step;
import io.virtualwire.testkit.fabric.VirtualDaemon;
import io.virtualwire.testkit.fabric.VirtualFabric;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.VmNic;
import io.virtualwire.topology.VmRecord;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A guest at one of two hosts, their hypervisors, and their connectors as nodes ask them. */
final class VirtualMachines {
    static final String VM = "web";
    static final String SOURCE = "h1";
    static final String TARGET = "h4";
    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final Set<String> WORK = Set.of("migrate", "stop", "resume", "giveUp");
    private static final Map<Stage, Duration> TIMES = Map.of(
            Stage.BEGIN, Duration.ofMillis(30),
            Stage.COPIED, Duration.ofMillis(150),
            Stage.FINISH, Duration.ofMillis(5),
            Stage.CONFIRM, Duration.ofMillis(100));

    final FakeHypervisors hypervisors;
    private final VirtualFabric fabric;
    private final VirtualStation guest;
    private final Map<String, Jack> jacks = new HashMap<>();
    private final Map<String, Set<String>> endpoints = new HashMap<>();
    private @Nullable Stage struck;
    private int swallowed;
    private FakeHypervisors.Fate fate = FakeHypervisors.Fate.DONE;

    VirtualMachines(VirtualFabric fabric, VirtualStation guest) {
        this.fabric = fabric;
        this.guest = guest;
        this.hypervisors = new FakeHypervisors((stage, end) -> fabric.at(TIMES.get(stage), end));
        for (String host : List.of(SOURCE, TARGET)) {
            jacks.put(host, new Jack(host));
            endpoints.put(host, new TreeSet<>());
            fabric.daemon(host);
        }
        hypervisors.strike((machine, stage) -> {
            boolean cut = fabric.isCut(fabric.daemon(SOURCE), fabric.daemon(TARGET)) && stage != Stage.CONFIRM;
            return cut ? FakeHypervisors.Fate.REFUSED : stage == struck ? fate : FakeHypervisors.Fate.DONE;
        });
        hypervisors.onResume((uri, machine) -> jacks.get(hostOf(uri)).announce());
        guest.attach((frame, offset, length) -> {
            List<String> running = hypervisors.running(VM);
            swallowed += running.isEmpty() ? 1 : 0;
            running.forEach(uri -> jacks.get(hostOf(uri)).emit(frame, offset, length));
        });
        hypervisors
                .at(uriOf(SOURCE))
                .define(new MachineSpec(
                        VM,
                        Optional.of(ID),
                        1,
                        1,
                        true,
                        new MachineSpec.Boot.Disk(Path.of("none"), "raw", true),
                        List.of(new MachineSpec.NicSpec(MacAddress.parse(mac()), VM, 1500)),
                        Optional.empty()));
        putEndpoint(SOURCE);
        hypervisors.at(uriOf(SOURCE)).start(VM);
    }

    /** Somebody else has the hypervisors move it, to the host where it is not. */
    void moveByHand() {
        String from = hostOf(hypervisors.running(VM).iterator().next());
        String to = from.equals(SOURCE) ? TARGET : SOURCE;
        hypervisors.at(uriOf(from)).migrate(VM, MigrationPlan.peerToPeer(uriOf(to)));
    }

    /** One stage of the next move ends so. */
    void strike(Stage stage, FakeHypervisors.Fate how) {
        struck = stage;
        fate = how;
    }

    /** How many frames the guest sent or was given while it did not run, which here, unlike in a real TAP, are gone. */
    int swallowed() {
        return swallowed;
    }

    static String uriOf(String host) {
        return "fake:///" + host;
    }

    private static String hostOf(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    private String mac() {
        return new MacAddress(guest.address()).toString();
    }

    VmRecord record() {
        return new VmRecord(VM, VM, ID, SOURCE, List.of(new VmNic(0, VM, mac(), VM, 1500)));
    }

    /** The connector's process has started again. */
    void restarted(String host) {
        if (endpoints.containsKey(host) && endpoints.get(host).contains(VM)) {
            putEndpoint(host);
        }
    }

    private void putEndpoint(String host) {
        endpoints.get(host).add(VM);
        fabric.daemon(host).addPort(VM, jacks.get(host), new Activation(true, true, true, guest.address()));
    }

    /** Where the machine is, if it is somewhere; and whatever is at a place where it is not. */
    List<String> leftovers(String host, Collection<String> prepared) {
        List<String> left = new ArrayList<>();
        for (String each : List.of(SOURCE, TARGET)) {
            boolean here = each.equals(host);
            for (Machine.State state : List.of(Machine.State.RUNNING, Machine.State.PAUSED)) {
                boolean is = hypervisors.having(VM, state).contains(uriOf(each));
                if (is != (here && state == Machine.State.RUNNING)) {
                    left.add("a machine that is " + state + " at " + each + ": " + is);
                }
            }
            if (endpoints.get(each).contains(VM) != (here || prepared.contains(each))) {
                left.add("endpoints " + endpoints.get(each) + " at " + each);
            }
        }
        return left;
    }

    MachineHosts asSeenBy(String node) {
        return new MachineHosts() {
            @Override
            public HostConnector connector(String host, HostSpec spec) {
                return new Asked(node, host);
            }

            @Override
            public Hypervisor hypervisor(String host, HostSpec spec) {
                Hypervisor real = hypervisors.at(uriOf(host));
                return (Hypervisor) Proxy.newProxyInstance(
                        Hypervisor.class.getClassLoader(), new Class<?>[] {Hypervisor.class}, (self, method, given) -> {
                            Supplier<Object> work = () -> {
                                try {
                                    return method.invoke(real, given);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause() instanceof RuntimeException refused
                                            ? refused
                                            : new IllegalStateException(e.getCause());
                                } catch (IllegalAccessException e) {
                                    throw new IllegalStateException(e);
                                }
                            };
                            return WORK.contains(method.getName())
                                    ? ask("hypervisor " + method.getName(), node, host, true, work)
                                    : ask("", node, host, true, work);
                        });
            }
        };
    }

    /** The node hears what hypervisors tell, while it reaches them. */
    void listen(String node, BiConsumer<String, HypervisorEvent> listener) {
        for (String host : List.of(SOURCE, TARGET)) {
            hypervisors.at(uriOf(host)).listen(event -> {
                if (fabric.daemon(node).isUp() && !fabric.isCut(fabric.daemon(node), fabric.daemon(host))) {
                    listener.accept(uriOf(host), event);
                }
            });
        }
    }

    /** @param what empty if it only looks, which is done too often to be struck each time */
    private <T> T ask(String what, String node, String host, boolean evenWithoutConnector, Supplier<T> work) {
        VirtualDaemon asked = fabric.daemon(host);
        boolean reached = fabric.daemon(node).isUp()
                && (asked.isUp() || evenWithoutConnector)
                && !fabric.isCut(fabric.daemon(node), asked);
        if (what.isEmpty()) {
            if (!reached) {
                throw noAnswer();
            }
            return work.get();
        }
        Step step = new Step(what, node, host);
        Interference.Fate becomes = fabric.interference().begins(step);
        if (becomes == Interference.Fate.LOST || !reached) {
            throw noAnswer();
        }
        T answer = work.get();
        if (becomes == Interference.Fate.ARRIVES_TWICE && !what.equals("hypervisor migrate")) {
            answer = work.get();
        }
        if (!fabric.interference().done(step)) {
            throw noAnswer();
        }
        return answer;
    }

    private static WireException noAnswer() {
        return new WireException(ErrorCode.UNAVAILABLE, "no answer", "Repeat it.");
    }

    /** A host's connector as one node asks it. */
    private final class Asked implements HostConnector {
        private final String node;
        private final String host;

        Asked(String node, String host) {
            this.node = node;
            this.host = host;
        }

        private VirtualDaemon daemon() {
            return fabric.daemon(host);
        }

        @Override
        public boolean isDraining() {
            return ask("", node, host, false, () -> false);
        }

        @Override
        public List<EndpointStatus> endpoints() {
            return ask("", node, host, false, List::of);
        }

        @Override
        public EndpointStatus putEndpoint(EndpointDescription endpoint) {
            boolean known = endpoints.get(host).contains(endpoint.name());
            return ask(known ? "" : "machine put-endpoint", node, host, false, () -> {
                VirtualMachines.this.putEndpoint(host);
                return new EndpointStatus("", endpoint, true, Optional.empty(), List.of(), Map.of(), Map.of());
            });
        }

        @Override
        public void removeEndpoint(String name) {
            ask("machine remove-endpoint", node, host, false, () -> {
                if (daemon().sides().stream().anyMatch(side -> side.endpoint().equals(name))) {
                    throw new WireException(ErrorCode.IN_USE, name + " is in use at " + host, "");
                }
                endpoints.get(host).remove(name);
                daemon().removePort(name);
                return true;
            });
        }

        @Override
        public List<WireStatus> wire(WireId wire) {
            return ask(
                    "",
                    node,
                    host,
                    false,
                    () -> daemon().sides().stream()
                            .filter(side -> side.wire().equals(wire))
                            .map(VirtualMachines::status)
                            .toList());
        }

        @Override
        public WireStatus activate(WireId wire, Side side, Generation generation) {
            return ask("machine activate", node, host, false, () -> {
                SideStatus there = daemon().side(wire, side)
                        .orElseThrow(() -> new WireException(ErrorCode.NOT_FOUND, "no side " + wire, ""));
                if (!there.generation().equals(generation)) {
                    throw new WireException(ErrorCode.STALE_GENERATION, "it is at " + there.generation(), "");
                }
                daemon().activate(wire, side);
                return status(daemon().side(wire, side).orElseThrow());
            });
        }
    }

    private static WireStatus status(SideStatus side) {
        return new WireStatus(
                side.wire(),
                side.side(),
                side.generation(),
                side.endpoint(),
                side.state().name().toLowerCase(Locale.ROOT),
                side.options().plain(),
                Optional.empty(),
                side.activation()
                        .map(it -> new WireStatus.Activation(
                                it.cause().name().toLowerCase(Locale.ROOT),
                                it.heardNanos() < 0 ? Optional.empty() : Optional.of(it.heardNanos() / 1e6),
                                it.firstFrameNanos() < 0 ? Optional.empty() : Optional.of(it.firstFrameNanos() / 1e6))),
                side.peers().stream()
                        .map(peer -> new WireStatus.Peer(
                                peer.identity(),
                                peer.generation(),
                                peer.state().name().toLowerCase(Locale.ROOT),
                                List.of(),
                                side.agreed(),
                                true,
                                false,
                                0,
                                0,
                                0,
                                0))
                        .toList(),
                Map.of(),
                Map.of());
    }

    /** The guest's interface at one host: dead unless the guest runs there. */
    private final class Jack implements Port {
        private final String host;
        private final PortCounters counters = new PortCounters();
        private @Nullable FrameSink sink;

        Jack(String host) {
            this.host = host;
        }

        void emit(byte[] frame, int offset, int length) {
            FrameSink to = sink;
            if (to != null && fabric.daemon(host).isUp()) {
                to.frame(frame, offset, length);
            }
        }

        /** As QEMU does when it resumes a guest. */
        void announce() {
            ByteBuffer rarp = ByteBuffer.allocate(12 + 60);
            rarp.position(12);
            rarp.putShort((short) -1).putInt(-1);
            mac(rarp).putShort((short) 0x8035);
            rarp.putShort((short) 1)
                    .putShort((short) 0x0800)
                    .putShort((short) 0x0604)
                    .putShort((short) 3);
            mac(rarp).putInt(0);
            mac(rarp).putInt(0);
            emit(rarp.array(), 0, rarp.capacity());
        }

        private ByteBuffer mac(ByteBuffer frame) {
            return frame.putShort((short) (guest.address() >>> 32)).putInt((int) guest.address());
        }

        @Override
        public boolean deliver(byte[] bytes, int offset, int length) {
            if (hypervisors.running(VM).contains(uriOf(host))) {
                return guest.deliver(bytes, offset, length);
            }
            swallowed++;
            return true;
        }

        @Override
        public PortId id() {
            return new PortId(VM + "@" + host);
        }

        @Override
        public void attach(FrameSink newSink) {
            sink = newSink;
        }

        @Override
        public void moveTo(Loop loop) {}

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public PortCounters counters() {
            return counters;
        }

        @Override
        public void close() {}
    }
}
