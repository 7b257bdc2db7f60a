package io.virtualwire.connector;

import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.api.ApiServer;
import io.virtualwire.connector.endpoint.TapEndpoints;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.succession.Legacy;
import io.virtualwire.connector.succession.Predecessor;
import io.virtualwire.connector.succession.Progress;
import io.virtualwire.connector.succession.Succession;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.DescriptorStore;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.rest.Contract;
import java.time.InstantSource;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running connector: data path, journal, endpoints, interface, put together and taken apart again.
 *
 * <pre>
 *   RestApi ─▶ HostService ─▶ DurableLedger ─▶ journal
 *                   │               │ (on its thread, in the journal's order)
 *                   ▼               ▼
 *               Admission     EndpointHost, DataPlane ─▶ WireStack
 * </pre>
 */
public final class Connector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Connector.class);
    private static final int UPKEEP_SECONDS = 2;
    /** By which name the service manager keeps the interface's socket. */
    private static final String LISTENER = "api";

    private final Identity identity;
    private final Deque<AutoCloseable> parts;
    private final DataPlane dataPlane;
    private final ApiServer api;
    private final Admission admission;
    private final ReloadSource reloading;
    private final HostService service;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile OptionalLong successor = OptionalLong.empty();
    private final AuditTrail trail;
    private final Supplier<Boolean> leave;

    private Connector(
            Identity identity,
            Deque<AutoCloseable> parts,
            DataPlane dataPlane,
            ApiServer api,
            Admission admission,
            ReloadSource reloading,
            HostService service,
            AuditTrail trail,
            Supplier<Boolean> leave) {
        this.identity = identity;
        this.parts = parts;
        this.dataPlane = dataPlane;
        this.api = api;
        this.admission = admission;
        this.reloading = reloading;
        this.service = service;
        this.trail = trail;
        this.leave = leave;
    }

    /**
     * Starts everything, restores what the journal says, and only then answers.
     *
     * @param store has what the process before left, and gets what this one leaves
     */
    public static Connector start(ConnectorConfig config, DescriptorStore store) {
        return start(config, store, stage -> {});
    }

    static Connector start(ConnectorConfig config, DescriptorStore store, Progress progress) {
        CompletableFuture<Contract> contract = CompletableFuture.supplyAsync(ApiServer::contract);
        Optional<Legacy.Found> left = new Legacy(store).find();
        if (left.isPresent()) {
            Deque<AutoCloseable> parts = new ConcurrentLinkedDeque<>();
            try {
                Foundation inherited = Foundation.goOn(config, store, left.get(), parts);
                return start(config, store, inherited, parts, progress, contract, store.take(LISTENER));
            } catch (WireException e) {
                close(parts);
                log.warn(
                        "cannot go on where the process before has ended: {}; starting from the journal",
                        e.getMessage());
            } catch (RuntimeException e) {
                close(parts);
                throw e;
            }
        }
        Deque<AutoCloseable> parts = new ConcurrentLinkedDeque<>();
        try {
            Foundation laid = Foundation.lay(config, store, parts);
            return start(config, store, laid, parts, progress, contract, store.take(LISTENER));
        } catch (RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    /**
     * Takes the place of the connector that runs on the same state folder, without a frame lost; starts as usual if there is none,
     * or if it dies meanwhile.
     */
    public static Connector takeOver(ConnectorConfig config, DescriptorStore store) {
        return takeOver(config, store, stage -> {});
    }

    static Connector takeOver(ConnectorConfig config, DescriptorStore store, Progress progress) {
        Optional<Predecessor> found = Predecessor.find(config.stateFolder(), config.version());
        if (found.isEmpty()) {
            return start(config, store, progress);
        }
        Deque<AutoCloseable> parts = new ConcurrentLinkedDeque<>();
        CompletableFuture<Contract> contract = CompletableFuture.supplyAsync(ApiServer::contract);
        try (Predecessor predecessor = found.get()) {
            Foundation foundation;
            try {
                foundation = Foundation.takeOver(config, store, predecessor, parts, progress);
            } catch (WireException e) {
                close(parts);
                predecessor.refuse(e);
                if (e.code() != ErrorCode.UNAVAILABLE) {
                    throw e;
                }
                log.warn("could not take over: {}; starting from the journal", e.getMessage());
                predecessor.awaitDeath();
                return start(config, store, progress);
            }
            Optional<Integer> listener = predecessor.listener();
            if (listener.isEmpty()) {
                predecessor.awaitEnd();
            }
            return start(config, store, foundation, parts, progress, contract, listener);
        } catch (RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    private static Connector start(
            ConnectorConfig config,
            DescriptorStore store,
            Foundation foundation,
            Deque<AutoCloseable> parts,
            Progress progress,
            CompletableFuture<Contract> contract,
            Optional<Integer> listener) {
        DurableLedger ledger = foundation.ledger();
        DataPlane dataPlane = foundation.dataPlane();
        TapEndpoints endpoints = foundation.endpoints();
        Restoration restoration = foundation.restoration();
        Admission admission = foundation.admission();
        Identity self = config.self().identity();
        ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("connector-upkeep").daemon().factory());
        upkeep.scheduleWithFixedDelay(() -> keepUp(restoration), UPKEEP_SECONDS, UPKEEP_SECONDS, TimeUnit.SECONDS);
        parts.push(upkeep::shutdownNow);
        AuditFile auditFile = new AuditFile(config.audit());
        parts.push(auditFile);
        AuditTrail trail = new AuditTrail(auditFile, InstantSource.system());
        trail.local("start", self.toString(), null);
        parts.push(() -> trail.local("stop", self.toString(), null));
        ReloadSource reloading = new ReloadSource("connector");
        ProcessMetrics process = new ProcessMetrics();
        parts.push(process);
        HostService service = new HostService(
                new ConnectorIdentity(
                        config.self(),
                        UUID.randomUUID().toString(),
                        config.version(),
                        HostAddresses.reachableAt(config.listen()),
                        config.streamPorts()),
                admission,
                ledger,
                endpoints,
                dataPlane,
                InstantSource.system(),
                reloading,
                process,
                trail);
        ApiServer api = ApiServer.start(
                new TlsContexts(config.self()),
                config.listen(),
                config.apiPort(),
                service,
                trail,
                contract.join(),
                listener);
        parts.push(api);
        // A socket that was closed because it is elsewhere than now wanted is kept no longer.
        store.forget(LISTENER);
        api.descriptor().ifPresent(socket -> store.keep(LISTENER, socket));
        AtomicReference<Connector> connector = new AtomicReference<>();
        Testament testament = new Testament(
                self,
                foundation,
                heir -> Objects.requireNonNull(connector.get()).replaced(heir));
        Handover handover = new Handover(testament, api);
        Supplier<Boolean> leave = () -> handover.leave(new Legacy(store));
        connector.set(new Connector(
                self,
                parts,
                dataPlane,
                api,
                admission,
                reloading,
                service,
                trail,
                store.exists() ? leave : () -> false));
        parts.push(Succession.open(config.stateFolder(), config.version(), handover, progress));
        return connector.get();
    }

    public Identity identity() {
        return identity;
    }

    /** The UDP and TCP port of associations. */
    public int port() {
        return dataPlane.port();
    }

    public int apiPort() {
        return api.port();
    }

    /** Returns when its owner thread has come round; a connector that is stuck does not. */
    public void awaitTurn() {
        dataPlane.drops();
    }

    /** The keys of its file that can change while it runs. */
    public Map<String, LiveSetting<ConnectorFile>> liveSettings() {
        return Map.of("grants", file -> admission.change(file.grants()));
    }

    /** How its configuration file is read again when somebody asks for it. */
    public void reloadWith(Supplier<ReloadReport> reload) {
        reloading.use(reload);
    }

    /** Reads its configuration file again, as its operator. */
    public ReloadReport reload() {
        try {
            ReloadReport report = service.reload(identity, false);
            trail.local("reload", report.file(), null);
            return report;
        } catch (RuntimeException e) {
            trail.local("reload", "", e);
            throw e;
        }
    }

    /** Waits until it has ended; gives the process that has taken its place, if one has. */
    public OptionalLong awaitEnd() throws InterruptedException {
        ended.await();
        return successor;
    }

    private void replaced(long process) {
        successor = OptionalLong.of(process);
        log.atInfo()
                .addKeyValue("event", "connector.replaced")
                .addKeyValue("process", process)
                .log("process {} has taken over", process);
        close();
    }

    /**
     * Stops, so that the next process can go on where this one ends if the service manager keeps what that needs; else as
     * {@link #close} does.
     */
    public void end() {
        try {
            if (ended.getCount() > 0 && leave.get()) {
                log.info("what it has is left to the next process");
            }
        } catch (RuntimeException e) {
            log.warn("nothing is left to the next process but the journal: {}", e.getMessage());
        }
        close();
    }

    /** Stops answering, then carrying; devices and journal stay for the next start. */
    @Override
    public void close() {
        close(parts);
        ended.countDown();
    }

    private static void keepUp(Restoration restoration) {
        try {
            restoration.missingEndpoints();
        } catch (RuntimeException e) {
            log.warn("looking after endpoints failed: {}", e.getMessage());
        }
    }

    private static void close(Deque<AutoCloseable> parts) {
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                log.warn("while stopping: {}", e.getMessage());
            }
        }
    }
}
