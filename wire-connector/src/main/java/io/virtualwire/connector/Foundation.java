package io.virtualwire.connector;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.endpoint.Bypass;
import io.virtualwire.connector.endpoint.TapEndpoints;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.kernel.KernelWires;
import io.virtualwire.connector.kernel.Vnis;
import io.virtualwire.connector.succession.Estate;
import io.virtualwire.connector.succession.Legacy;
import io.virtualwire.connector.succession.Predecessor;
import io.virtualwire.connector.succession.Progress;
import io.virtualwire.connector.succession.Stage;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.kernel.CrossConnect;
import io.virtualwire.kernel.CrossConnectConfig;
import io.virtualwire.linux.DescriptorStore;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.UnixSocket;
import io.virtualwire.stack.Bequest;
import io.virtualwire.stack.SideLog;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.UdpTransport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a connector stands on: its journal, its data path, its devices; made anew, or what another connector has left. */
record Foundation(
        DurableLedger ledger,
        StackDataPlane stack,
        DataPlane dataPlane,
        TapEndpoints endpoints,
        Restoration restoration,
        Admission admission) {
    private static final Logger log = LoggerFactory.getLogger(Foundation.class);

    private Foundation(
            DurableLedger ledger,
            StackDataPlane stack,
            DataPlane dataPlane,
            TapEndpoints endpoints,
            Admission admission) {
        this(ledger, stack, dataPlane, endpoints, new Restoration(ledger, endpoints, dataPlane), admission);
    }

    /** Puts the kernel beside the process. */
    private static Foundation of(
            ConnectorConfig config,
            DescriptorStore store,
            DurableLedger ledger,
            StackDataPlane stack,
            Vnis vnis,
            Admission admission,
            Deque<AutoCloseable> parts) {
        Bypass bypass = new Bypass();
        ledger.read(it -> {
            it.endpoints().forEach(bypass::know);
            return it;
        });
        TapEndpoints endpoints = new TapEndpoints(stack, store, bypass);
        KernelWires kernel = new KernelWires(
                admission::grantsKernelWires,
                () -> CrossConnect.open(new CrossConnectConfig(
                        NetworkNamespace.own(),
                        CrossConnectConfig.DEFAULT_DEVICE,
                        CrossConnectConfig.DEFAULT_PORT,
                        ipv4(config.listen()),
                        config.stateFolder().resolve("bpf"))),
                vnis,
                bypass,
                stack,
                endpoints::deafen);
        parts.push(kernel);
        stack.addObserver(kernel);
        SideLog sides = new SideLog(Ticker.system());
        parts.push(sides);
        stack.addObserver(sides);
        return new Foundation(ledger, stack, new KernelDataPlane(stack, kernel), endpoints, admission);
    }

    /** The address that peers know this connector by; empty if it listens on all, or on none of IPv4. */
    private static Optional<Inet4Address> ipv4(String listen) {
        try {
            return InetAddress.ofLiteral(listen) instanceof Inet4Address address && !address.isAnyLocalAddress()
                    ? Optional.of(address)
                    : Optional.empty();
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    /** Brings everything to what the journal says. */
    static Foundation lay(ConnectorConfig config, DescriptorStore store, Deque<AutoCloseable> parts) {
        DurableLedger ledger = DurableLedger.open(config.stateFolder(), config.salvageJournal());
        parts.push(ledger);
        Admission admission = admission(config);
        SettleWatcher watcher = watcher(config);
        Vnis vnis = new Vnis();
        StackDataPlane stack = new StackDataPlane(WireStack.start(stack(config, admission, vnis), watcher));
        parts.push(stack);
        Foundation laid = of(config, store, ledger, stack, vnis, admission, parts);
        // What the restart itself causes is in the ledger already; what happens meanwhile may be news.
        watcher.writeTo(ledger);
        laid.restoration.all();
        laid.endpoints.forgetOthers();
        return laid;
    }

    /** Goes on with what the predecessor leaves; if this throws the predecessor goes on, unless it has died. */
    static Foundation takeOver(
            ConnectorConfig config,
            DescriptorStore store,
            Predecessor predecessor,
            Deque<AutoCloseable> parts,
            Progress progress) {
        DurableLedger.examine(config.stateFolder());
        Rehearsal.run();
        progress.reached(Stage.PREPARED);
        Estate estate = predecessor.standStill();
        progress.reached(Stage.RECEIVED);
        Foundation inherited = inherit(config, store, estate, predecessor.descriptors(), parts, progress, () -> {
            progress.reached(Stage.RESTORED);
            predecessor.take();
            progress.reached(Stage.TAKEN);
        });
        log.info("took over from process {} of release {}", predecessor.pid(), predecessor.release());
        return inherited;
    }

    /** Goes on with what the process before has left with the service manager; if this throws, that is lost. */
    static Foundation goOn(
            ConnectorConfig config, DescriptorStore store, Legacy.Found left, Deque<AutoCloseable> parts) {
        List<Integer> descriptors = new ArrayList<>(left.sockets());
        List<Estate.Device> devices = new ArrayList<>();
        for (Estate.Device device : left.estate().devices()) {
            store.take(TapEndpoints.kept(new EndpointKey(device.tenant(), device.endpoint())))
                    .ifPresent(descriptor -> {
                        devices.add(device);
                        descriptors.add(descriptor);
                    });
        }
        if (left.sockets().size() != left.estate().sockets()) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot go on: " + left.sockets().size() + " of "
                            + left.estate().sockets() + " sockets were kept",
                    "nothing is to be done: wires are made anew as the journal says");
        }
        Foundation inherited =
                inherit(config, store, left.estate().with(devices), descriptors, parts, stage -> {}, () -> {});
        inherited.endpoints.forgetOthers();
        log.info("goes on where the process before has ended, with {} devices", devices.size());
        return inherited;
    }

    private static Foundation inherit(
            ConnectorConfig config,
            DescriptorStore store,
            Estate estate,
            List<Integer> descriptors,
            Deque<AutoCloseable> parts,
            Progress progress,
            Runnable take) {
        Admission admission = admission(config);
        Vnis vnis = new Vnis();
        StackConfig stackConfig = stack(config, admission, vnis);
        requireOwn(config, estate);
        DurableLedger ledger = DurableLedger.open(config.stateFolder(), false);
        parts.push(ledger);
        SettleWatcher watcher = watcher(config);
        StackDataPlane stack = new StackDataPlane(
                WireStack.takeUp(stackConfig, new Bequest(estate.stack(), sockets(estate, descriptors)), watcher));
        parts.push(stack);
        Foundation inherited = of(config, store, ledger, stack, vnis, admission, parts);
        inherited.restoration.bypassed();
        take.run();
        // From here there is no way back, and frames wait: ports first, so that what arrives finds them.
        inherited.adopt(estate.devices(), descriptors.subList(estate.sockets(), descriptors.size()));
        stack.goOn();
        progress.reached(Stage.GOES_ON);
        watcher.writeTo(ledger);
        inherited.restoration.differences(watcher);
        return inherited;
    }

    private static List<UdpTransport.Held> sockets(Estate estate, List<Integer> descriptors) {
        List<Integer> overflows = estate.allOverflows();
        return IntStream.range(0, estate.sockets())
                .mapToObj(i -> new UdpTransport.Held(descriptors.get(i), overflows.get(i)))
                .toList();
    }

    private void adopt(List<Estate.Device> devices, List<Integer> descriptors) {
        for (int i = 0; i < devices.size(); i++) {
            Estate.Device device = devices.get(i);
            EndpointKey key = new EndpointKey(device.tenant(), device.endpoint());
            int descriptor = descriptors.get(i);
            ledger.read(it -> {
                try {
                    EndpointDescription endpoint = it.endpoint(key)
                            .orElseThrow(() -> new WireException(
                                    ErrorCode.NOT_FOUND, "the journal does not know endpoint " + key, ""));
                    endpoints.adopt(key, endpoint, device.mtu(), descriptor);
                } catch (WireException e) {
                    log.warn("endpoint {} is opened again: {}", key, e.getMessage());
                    UnixSocket.closeDescriptor(descriptor);
                }
                return key;
            });
        }
    }

    private static void requireOwn(ConnectorConfig config, Estate estate) {
        if (!estate.identity().equals(config.self().identity())) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot take over as " + config.self().identity() + ": the connector that runs is "
                            + estate.identity(),
                    "use its credentials, or another state folder");
        }
    }

    private static SettleWatcher watcher(ConnectorConfig config) {
        return new SettleWatcher(new WireNames(config.self().identity().tenant()));
    }

    private static Admission admission(ConnectorConfig config) {
        return new Admission(config.self().identity().tenant(), config.grants(), config.kernelWires(), config.relay());
    }

    private static StackConfig stack(ConnectorConfig config, Admission admission, Vnis vnis) {
        InetSocketAddress bind = new InetSocketAddress(config.listen(), config.port());
        return new StackConfig(config.self(), bind, AssociationLimits.DEFAULT)
                .within(admission)
                .beside(vnis)
                .with(config.threads())
                .alsoOn(config.streamPorts());
    }
}
