package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.wire.ActivationCause;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideState;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connector that lives twice, with whatever happened to its sides in the first life. */
final class RestorationTest {
    private static final Identity ME = new Identity("acme", "me");
    private static final Credentials HOST =
            TenantAuthority.create("acme", InstantSource.system()).issue("host-a");
    private static final WireId WIRE = WireId.named("restored");
    private static final Generation ONE = new Generation(1, "");
    private static final Generation TWO = new Generation(2, "");

    @TempDir
    private Path folder;

    @Test
    void endpointsAndSidesComeBack() {
        live(Role.ACTIVE);
        FakeDataPlane next = liveAgain();
        assertThat(next.side(new SideKey("acme", WIRE, Side.A))).hasValueSatisfying(side -> {
            assertThat(side.state()).isEqualTo(SideState.ACTIVE);
            assertThat(side.endpoint()).isEqualTo("acme/web");
        });
    }

    @Test
    void aStandbySideComesBackAsStandby() {
        live(Role.STANDBY);
        assertThat(liveAgain()
                        .side(new SideKey("acme", WIRE, Side.A))
                        .orElseThrow()
                        .state())
                .isEqualTo(SideState.STANDBY);
    }

    @Test
    void aSideThatBecameActiveByItselfComesBackActive() {
        live(Role.STANDBY, new SideEvent.Activated(WIRE, Side.A, ONE, ActivationCause.PEER_FRAME));
        assertThat(liveAgain()
                        .side(new SideKey("acme", WIRE, Side.A))
                        .orElseThrow()
                        .state())
                .isEqualTo(SideState.ACTIVE);
    }

    @Test
    void aSideThatYieldedComesBackMute() {
        live(Role.ACTIVE, new SideEvent.Yielded(WIRE, Side.A, ONE));
        assertThat(liveAgain()
                        .side(new SideKey("acme", WIRE, Side.A))
                        .orElseThrow()
                        .state())
                .isEqualTo(SideState.YIELDED);
    }

    @Test
    void newsOfAnEarlierGenerationAreNoNews() {
        live(Role.ACTIVE, new SideEvent.Yielded(WIRE, Side.A, TWO));
        assertThat(liveAgain()
                        .side(new SideKey("acme", WIRE, Side.A))
                        .orElseThrow()
                        .state())
                .isEqualTo(SideState.ACTIVE);
    }

    private void live(Role role, SideEvent... events) {
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            HostService service = service(ledger, new FakeEndpointHost(), new FakeDataPlane());
            service.putEndpoint(ME, EndpointDescription.named("web"));
            service.connect(ME, request(role));
            SettleWatcher watcher = new SettleWatcher(new WireNames("acme"));
            watcher.writeTo(ledger);
            for (SideEvent event : events) {
                watcher.happened(event);
            }
        }
    }

    private FakeDataPlane liveAgain() {
        FakeEndpointHost host = new FakeEndpointHost();
        FakeDataPlane dataPlane = new FakeDataPlane();
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            new Restoration(ledger, host, dataPlane).all();
            HostService service = service(ledger, host, dataPlane);
            assertThat(service.endpoints(ME))
                    .singleElement()
                    .satisfies(endpoint -> assertThat(endpoint.up()).isTrue());
            assertThat(service.wires(ME)).hasSize(1);
        }
        return dataPlane;
    }

    private static HostService service(DurableLedger ledger, FakeEndpointHost host, FakeDataPlane dataPlane) {
        return new HostService(
                new ConnectorIdentity(OwnIdentity.of(HOST), "one", "0.1", List.of()),
                new Admission("acme", List.of()),
                ledger,
                host,
                dataPlane,
                InstantSource.system(),
                new ReloadSource("connector"),
                new ProcessMetrics(),
                new AuditTrail(new AuditFile(Path.of("/dev/null")), InstantSource.system()));
    }

    private static ConnectRequest request(Role role) {
        return new ConnectRequest(
                WIRE,
                Side.A,
                ONE,
                "web",
                new PeerDescription(new Identity("acme", "host-b"), ONE, List.of(), false),
                new ConnectOptions(role, false),
                Optional.empty(),
                Optional.empty());
    }
}
