package io.virtualwire.connector;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.api.ApiServer;
import io.virtualwire.connector.endpoint.TapEndpoints;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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

    private final Identity identity;
    private final Deque<AutoCloseable> parts;
    private final DataPlane dataPlane;
    private final ApiServer api;
    private final Admission admission;
    private final ReloadSource reloading;
    private final HostService service;

    private Connector(
            Identity identity,
            Deque<AutoCloseable> parts,
            DataPlane dataPlane,
            ApiServer api,
            Admission admission,
            ReloadSource reloading,
            HostService service) {
        this.identity = identity;
        this.parts = parts;
        this.dataPlane = dataPlane;
        this.api = api;
        this.admission = admission;
        this.reloading = reloading;
        this.service = service;
    }

    /** Starts everything, restores what the journal says, and only then answers. */
    public static Connector start(ConnectorConfig config) {
        Deque<AutoCloseable> parts = new ArrayDeque<>();
        try {
            return start(config, parts);
        } catch (RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    private static Connector start(ConnectorConfig config, Deque<AutoCloseable> parts) {
        DurableLedger ledger = DurableLedger.open(config.stateFolder(), config.salvageJournal());
        parts.push(ledger);
        Identity self = config.self().identity();
        Admission admission = new Admission(self.tenant(), config.grants());
        SettleWatcher watcher = new SettleWatcher(new WireNames(self.tenant()));
        InetSocketAddress bind = new InetSocketAddress(config.listen(), config.port());
        WireStack stack = WireStack.start(
                new StackConfig(config.self(), bind, AssociationLimits.DEFAULT).within(admission), watcher);
        StackDataPlane dataPlane = new StackDataPlane(stack);
        parts.push(dataPlane);
        TapEndpoints endpoints = new TapEndpoints(dataPlane);
        Restoration restoration = new Restoration(ledger, endpoints, dataPlane);
        // What the restart itself causes is in the ledger already; what happens meanwhile may be news.
        watcher.writeTo(ledger);
        restoration.all();
        ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("connector-upkeep").daemon().factory());
        upkeep.scheduleWithFixedDelay(() -> keepUp(restoration), UPKEEP_SECONDS, UPKEEP_SECONDS, TimeUnit.SECONDS);
        parts.push(upkeep::shutdownNow);
        ReloadSource reloading = new ReloadSource("connector");
        HostService service = new HostService(
                new ConnectorIdentity(
                        self,
                        UUID.randomUUID().toString(),
                        config.version(),
                        HostAddresses.reachableAt(config.listen())),
                admission,
                ledger,
                endpoints,
                dataPlane,
                InstantSource.system(),
                reloading);
        ApiServer api = ApiServer.start(new TlsContexts(config.self()), config.listen(), config.apiPort(), service);
        parts.push(api);
        return new Connector(self, parts, dataPlane, api, admission, reloading, service);
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
        return service.reload(identity, false);
    }

    /** Stops answering, then carrying; devices and journal stay for the next start. */
    @Override
    public void close() {
        close(parts);
    }

    private static void keepUp(Restoration restoration) {
        try {
            restoration.missingEndpoints();
        } catch (RuntimeException e) {
            log.warn("looking after endpoints failed: {}", e.getMessage());
        }
    }

    private static void close(Deque<AutoCloseable> parts) {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.warn("while stopping: {}", e.getMessage());
            }
        }
    }
}
