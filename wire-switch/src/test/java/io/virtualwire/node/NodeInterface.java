package io.virtualwire.node;

import io.vertx.core.Vertx;
import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.InMemoryFabric;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.rest.Doorkeeper;
import io.virtualwire.testkit.RawConnection;
import io.virtualwire.testkit.RawWebSocket;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A node's REST interface and event bus over a log in memory, on a port of loopback, and whoever asks there. */
final class NodeInterface implements AutoCloseable {
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials node = acme.issue("node-east");
    private final TlsContexts me = new TlsContexts(acme.issue("me"));
    private final InMemoryFabric<FabricCommand, FabricState> fabric = new InMemoryFabric<>(new FabricStateMachine(), 1);
    private final ProcessMetrics process = new ProcessMetrics();
    private final Queue<Throwable> escaped = new ConcurrentLinkedQueue<>();
    private final Doorkeeper doorkeeper = new Doorkeeper();
    private final Vertx vertx =
            Vertx.builder().withTransport(doorkeeper).build().exceptionHandler(escaped::add);
    private final int port;

    NodeInterface() throws Exception {
        for (String name : List.of("east", "west")) {
            fabric.log(0)
                    .append(new FabricCommand.RegisterNode(new NodeRecord(
                            name, new Identity("acme", "node-" + name), name + "1", List.of(), name + ":7482")))
                    .join();
        }
        StampedLog log = new StampedLog(fabric.log(0), InstantSource.system());
        EventFeed feed = new EventFeed();
        log.onChange(feed::agreed);
        FabricOperations operations = new FabricOperations(vertx, "east", log, () -> Set.of("east", "west"));
        AuditTrail trail = new AuditTrail(new AuditFile(Path.of("/dev/null")), InstantSource.system());
        TlsContexts tls = new TlsContexts(node);
        NodeMachineHosts hosts = new NodeMachineHosts(
                tls, OwnAddress.untranslated("127.0.0.1"), new HypervisorPool(NodeInterface::none, (uri, told) -> {}));
        RelocationOperations relocations = new RelocationOperations(vertx, log, hosts, () -> Set.of("east", "west"));
        MachineOperations vms = new MachineOperations(
                vertx,
                new NodeRecord("east", node.identity(), "east1", List.of(), "east:7482"),
                log,
                hosts,
                () -> Set.of("east", "west"));
        ReloadSource reloading = new ReloadSource("node");
        reloading.use(() -> new ReloadReport("node.yaml", List.of(), List.of(), List.of(), List.of()));
        NodeStanding standing = new NodeStanding(
                "east",
                OwnIdentity.of(node),
                log,
                () -> Set.of("east", "west"),
                new QuietDataPath(true, ""),
                new EventTally(feed),
                process);
        BusApi bus = new BusApi(
                vertx,
                operations,
                vms,
                relocations,
                new ConnectorOperations(vertx, tls, OwnAddress.untranslated("127.0.0.1"), log),
                feed,
                standing,
                reloading,
                trail);
        bus.open();
        port = new NodeApi(
                        vertx,
                        "east",
                        log,
                        operations,
                        vms,
                        relocations,
                        new NodeEvents(vertx, "east"),
                        feed,
                        bus,
                        standing,
                        reloading,
                        trail,
                        NodeApi.contract())
                .listen(tls, "127.0.0.1", 0, doorkeeper)
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
    }

    private static Hypervisor none(String uri) {
        throw new WireException(ErrorCode.UNAVAILABLE, "no " + uri, "");
    }

    NodeClient client() {
        return new NodeClient(me, new HostAddress("127.0.0.1", port), Optional.empty());
    }

    int port() {
        return port;
    }

    RawConnection connection() {
        return new RawConnection(me, node.identity(), "127.0.0.1", port);
    }

    RawWebSocket bus() throws IOException {
        return new RawWebSocket(me, node.identity(), "127.0.0.1", port, "/v1/bus/websocket");
    }

    /** Exceptions that nobody has caught. */
    Queue<Throwable> escaped() {
        return escaped;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        process.close();
    }
}
