package io.virtualwire.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.topology.VmNic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NicEndpointTest {
    private static final String MAC = "52:54:00:00:00:10";
    private static final VmNic NIC = new VmNic(0, "web1", MAC, "tap7", 1500);

    private final Host host = new Host();

    @Test
    void whatIsNotThereIsMade() {
        assertThat(new NicEndpoint(NIC).attach(host, false)).isEqualTo(NIC);
        assertThat(host.endpoints).containsOnly(Map.entry("web1", described("web1", false, Optional.of(MAC), true)));
    }

    @Test
    void aDeviceThatSomebodyElseMadeIsTakenAsItIs() {
        host.devices = List.of("tap7");
        assertThat(new NicEndpoint(NIC).attach(host, false)).isEqualTo(NIC);
        assertThat(host.endpoints).containsOnly(Map.entry("web1", described("web1", true, Optional.of(MAC), true)));
    }

    @Test
    void theEndpointThatTheConnectorWasToldToMakeOfItIsTaken() {
        EndpointDescription told = described("lan-a", false, Optional.empty(), true);
        host.endpoints.put("lan-a", told);
        VmNic attached = new NicEndpoint(NIC).attach(host, false);
        assertThat(attached).isEqualTo(new VmNic(0, "lan-a", MAC, "tap7", 1500));
        assertThat(host.endpoints).containsOnly(Map.entry("lan-a", told));
        // The same again, by whichever way its name is said.
        assertThat(new NicEndpoint(attached).attach(host, true)).isEqualTo(attached);
    }

    @Test
    void anEndpointThatDoesNotFitIsNotTaken() {
        host.endpoints.put("lan-a", described("lan-a", false, Optional.empty(), true));
        refused(true, ErrorCode.ALREADY_EXISTS, "tap7 is endpoint lan-a already");
        host.endpoints.put("lan-a", described("lan-a", false, Optional.empty(), false));
        refused(false, ErrorCode.WRONG_STATE, "of which the connector holds the descriptor");
        host.endpoints.put("lan-a", described("lan-a", false, Optional.of("52:54:00:00:00:11"), true));
        refused(false, ErrorCode.WRONG_STATE, "for a guest with address 52:54:00:00:00:11");
    }

    private void refused(boolean named, ErrorCode code, String message) {
        assertThatThrownBy(() -> new NicEndpoint(NIC).attach(host, named))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e).hasMessageContaining(message);
                    assertThat(e.hint()).contains("wire endpoint rm lan-a");
                });
    }

    private static EndpointDescription described(
            String name, boolean existing, Optional<String> mac, boolean deviceSide) {
        return new EndpointDescription(name, "tap7", Optional.empty(), existing, 1500, mac, deviceSide);
    }

    /** A connector that has endpoints, and devices that are nobody's. */
    private static final class Host implements HostConnector {
        private final Map<String, EndpointDescription> endpoints = new LinkedHashMap<>();
        private List<String> devices = List.of();

        @Override
        public boolean isDraining() {
            return false;
        }

        @Override
        public List<EndpointStatus> endpoints() {
            return endpoints.values().stream().map(Host::status).toList();
        }

        @Override
        public EndpointStatus putEndpoint(EndpointDescription endpoint) {
            if (devices.contains(endpoint.device()) != endpoint.existing()) {
                throw new WireException(ErrorCode.ALREADY_EXISTS, "there is one of that name", "");
            }
            endpoints.put(endpoint.name(), endpoint);
            return status(endpoint);
        }

        private static EndpointStatus status(EndpointDescription endpoint) {
            return new EndpointStatus("", endpoint, true, Optional.empty(), List.of(), Map.of(), Map.of());
        }

        @Override
        public void removeEndpoint(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<WireStatus> wire(WireId wire) {
            throw new UnsupportedOperationException();
        }

        @Override
        public WireStatus activate(WireId wire, Side side, Generation generation) {
            throw new UnsupportedOperationException();
        }
    }
}
