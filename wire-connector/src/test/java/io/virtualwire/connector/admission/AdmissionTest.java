package io.virtualwire.connector.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.ManualTicker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmissionTest {
    private final Admission admission = new Admission(
            "acme",
            List.of(new Grant(
                    "rival",
                    List.of(NamePattern.of("tap*")),
                    List.of(NamePattern.of("guest-*")),
                    List.of(AddressBlock.parse("192.0.2.0/25")),
                    OptionalInt.of(2),
                    OptionalInt.of(3),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    false,
                    false,
                    OptionalInt.empty(),
                    OptionalInt.empty())));

    @Test
    void kernelWiresAreForWhomTheOperatorNames() {
        OptionalInt usual = OptionalInt.empty();
        Grant rival = granted(true, false, usual);
        Admission trusted = new Admission("acme", List.of(rival, limited("other", 5)), true);
        assertThat(trusted.grantsKernelWires("acme")).isTrue();
        assertThat(trusted.grantsKernelWires("rival")).isTrue();
        assertThat(trusted.grantsKernelWires("other")).isFalse();
        assertThat(trusted.grantsKernelWires("nobody")).isFalse();

        Admission usually = new Admission("acme", List.of(rival));
        assertThat(usually.grantsKernelWires("acme")).isFalse();
        assertThat(usually.grantsKernelWires("rival")).isFalse();
    }

    @Test
    void itRelaysForWhomTheOperatorNames() {
        Grant rival = granted(false, true, OptionalInt.of(3));
        Admission relay = new Admission("acme", List.of(rival, limited("other", 5)), false, true);
        assertThat(relay.relays("acme")).isEqualTo(Integer.MAX_VALUE);
        assertThat(relay.relays("rival")).isEqualTo(3);
        assertThat(relay.relayBytesPerSecond("rival")).isEqualTo(Quotas.DEFAULT.relayBytesPerSecond());
        assertThat(relay.relays("other")).isZero();
        assertThat(relay.relays("nobody")).isZero();
        relay.replace(List.of());
        assertThat(relay.relays("rival")).isZero();

        assertThat(new Admission("acme", List.of(rival)).relays("acme")).isZero();
        assertThat(new Admission("acme", List.of(rival)).relays("rival")).isZero();
    }

    @Test
    void throughARelayAWireIsAimedAtThat() {
        admission.admitDestinations("rival", List.of("rival/r@192.0.2.9:7471"));
        refused(ErrorCode.FORBIDDEN, () -> admission.admitDestinations("rival", List.of("rival/r@198.51.100.9:7471")));
    }

    private static Grant granted(boolean kernelWires, boolean relay, OptionalInt relayed) {
        OptionalInt usual = OptionalInt.empty();
        return new Grant(
                "rival",
                List.of(),
                List.of(),
                List.of(),
                usual,
                usual,
                usual,
                usual,
                usual,
                kernelWires,
                relay,
                relayed,
                usual);
    }

    @Test
    void requestsAreCountedForEachTenant() {
        ManualTicker ticker = new ManualTicker();
        Admission fast = new Admission("acme", List.of(limited("rival", 5), limited("other", 5)), ticker);
        Identity rival = new Identity("rival", "me");
        for (int i = 0; i < 5; i++) {
            fast.admitRequest(rival);
        }
        refused(ErrorCode.QUOTA_EXCEEDED, () -> fast.admitRequest(rival));
        fast.admitRequest(new Identity("other", "me"));
        for (int i = 0; i < 10_000; i++) {
            fast.admitRequest(new Identity("acme", "me"));
        }
        ticker.advance(Duration.ofMillis(400));
        fast.admitRequest(new Identity("rival", "them"));
        fast.admitRequest(rival);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> fast.admitRequest(rival));
        ticker.advance(Duration.ofHours(1));
        for (int i = 0; i < 5; i++) {
            fast.admitRequest(rival);
        }
        refused(ErrorCode.QUOTA_EXCEEDED, () -> fast.admitRequest(rival));
        refused(ErrorCode.FORBIDDEN, () -> fast.admitRequest(new Identity("stranger", "me")));
    }

    @Test
    void whoHasNoGrantHasNoPeersAndWhatStaysKeepsItsBuffers() {
        assertThat(admission.peers("stranger")).isZero();
        assertThat(admission.peers("rival")).isEqualTo(Quotas.DEFAULT.peers());
        assertThat(admission.peers("acme")).isEqualTo(Integer.MAX_VALUE);
        assertThat(admission.bufferBytes("stranger")).isEqualTo(Quotas.DEFAULT.bufferBytes());
        assertThat(admission.bufferBytes("")).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aNameIsNoDestinationForWhoMayNotGoEverywhere() {
        refused(ErrorCode.FORBIDDEN, () -> admission.admitDestinations("rival", List.of("localhost:7471")));
        admission.admitDestinations("acme", List.of("localhost:7471"));
    }

    private static Grant limited(String tenant, int requests) {
        OptionalInt usual = OptionalInt.empty();
        return new Grant(
                tenant,
                List.of(),
                List.of(),
                List.of(),
                usual,
                usual,
                usual,
                OptionalInt.of(requests),
                usual,
                false,
                false,
                usual,
                usual);
    }

    @Test
    void theConnectorsOwnTenantHasEverything() {
        assertThatCode(() -> {
                    admission.admitEndpoint("acme", endpoint("eth0", Optional.of("anywhere")), 1000);
                    admission.admitDestinations("acme", List.of("203.0.113.9:1", "[2001:db8::1]:2"));
                    admission.admitSide("acme", 100_000);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aTenantWithoutGrantHasNothing() {
        refused(ErrorCode.FORBIDDEN, () -> admission.tenantOf(new Identity("stranger", "me")));
        refused(ErrorCode.FORBIDDEN, () -> admission.admitSide("stranger", 0));
    }

    @Test
    void aGrantIsItsLimit() {
        admission.admitEndpoint("rival", endpoint("tap1", Optional.of("guest-1")), 1);
        refused(ErrorCode.FORBIDDEN, () -> admission.admitEndpoint("rival", endpoint("tap1", Optional.empty()), 0));
        refused(
                ErrorCode.FORBIDDEN,
                () -> admission.admitEndpoint("rival", endpoint("eth0", Optional.of("guest-1")), 0));
        refused(
                ErrorCode.QUOTA_EXCEEDED,
                () -> admission.admitEndpoint("rival", endpoint("tap1", Optional.of("guest-1")), 2));
        admission.admitSide("rival", 2);
        refused(ErrorCode.QUOTA_EXCEEDED, () -> admission.admitSide("rival", 3));
        admission.admitDestinations("rival", List.of("192.0.2.127:7471"));
        refused(ErrorCode.FORBIDDEN, () -> admission.admitDestinations("rival", List.of("192.0.2.128:7471")));
        refused(ErrorCode.FORBIDDEN, () -> admission.admitDestinations("rival", List.of("[::1]:7471")));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.255, true",
        "192.0.2.0/24, 192.0.3.0, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.129, true",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "0.0.0.0/0, 203.0.113.1, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/33, 2001:db8:7fff::, true",
        "2001:db8::/33, 2001:db8:8000::, false"
    })
    void blocksContainWhatTheySay(String block, String address, boolean inside) {
        assertThat(AddressBlock.parse(block).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource({"tap*, tap, true", "tap*, tap.1, true", "tap*, xtap, false", "a.c, abc, false", "*-b, a-b, true"})
    void onlyTheStarIsAPattern(String pattern, String name, boolean matches) {
        assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(matches);
    }

    private static EndpointDescription endpoint(String device, Optional<String> namespace) {
        return new EndpointDescription("web", device, namespace, false, 1500, Optional.empty());
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
