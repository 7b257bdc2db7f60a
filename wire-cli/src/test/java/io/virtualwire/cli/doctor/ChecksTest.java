package io.virtualwire.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class ChecksTest {
    private static final Credentials CREDENTIALS =
            TenantAuthority.create("acme", InstantSource.system()).issue("host-a", Duration.ofDays(90));

    @Test
    void credentialsHoldBetweenTheirDates() {
        CredentialsCheck check = new CredentialsCheck();
        Instant now = Instant.now();
        assertThat(check.run(CREDENTIALS, now).verdict()).isEqualTo(Verdict.OK);
        assertThat(check.run(CREDENTIALS, now.plus(Duration.ofDays(70))).verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(check.run(CREDENTIALS, now.plus(Duration.ofDays(100))).verdict())
                .isEqualTo(Verdict.FAIL);
        Finding early = check.run(CREDENTIALS, now.minus(Duration.ofDays(10_000)));
        assertThat(early.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(early.advice()).contains("clock");
    }

    @Test
    void aTakenPortIsFoundByBinding() throws IOException {
        PortCheck check = new PortCheck();
        assertThat(check.run(0, 0, false).verdict()).isEqualTo(Verdict.OK);
        try (ServerSocket taken = new ServerSocket(0)) {
            Finding found = check.run(0, taken.getLocalPort(), false);
            assertThat(found.verdict()).isEqualTo(Verdict.WARN);
            assertThat(found.advice()).contains("--api-port");
            assertThat(check.run(0, taken.getLocalPort(), true).verdict()).isEqualTo(Verdict.OK);
        }
    }

    @Test
    void thisMachineSendsDatagramsToItself() {
        assertThat(new UdpOffloadCheck().run().verdict()).isNotEqualTo(Verdict.FAIL);
        assertThat(new HostChecks().jdk().verdict()).isEqualTo(Verdict.OK);
    }
}
