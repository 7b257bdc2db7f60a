package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeTest {
    private final SteppedClock clock = new SteppedClock();
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());

    @ParameterizedTest
    @CsvSource({
        "-PT1H, true",
        "-PT1H4M, true",
        "-PT1H6M, false",
        "PT1H, true",
        "PT23H59M, true",
        "PT24H4M, true",
        "PT24H6M, false"
    })
    void certificateOfADayIsJudgedByAClockThatIsOff(Duration step, boolean believed) throws Exception {
        Credentials east = acme.issue("east", Duration.ofHours(24));
        OwnIdentity west = identity(acme.issue("west"));
        clock.step(step);
        if (believed) {
            shakeHands(east, west);
        } else {
            assertThatThrownBy(() -> shakeHands(east, west)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void graceIsAQuarterOfAShortLifeAndFiveMinutesOfALongOne() {
        assertThat(lifetime(Duration.ofSeconds(8)).grace()).isEqualTo(Duration.ofSeconds(2));
        assertThat(lifetime(Duration.ofHours(24)).grace()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void whatIsLeftIsNeverMoreThanTheLifeWhateverTheClockSays() {
        Lifetime lifetime = lifetime(Duration.ofHours(24));
        Instant made = lifetime.until().minus(Duration.ofHours(24));
        Duration most = Duration.ofHours(24).plusMinutes(5);
        assertThat(lifetime.left(made)).isEqualTo(most);
        assertThat(lifetime.left(made.minus(Duration.ofDays(400)))).isEqualTo(most);
        assertThat(lifetime.left(made.plus(Duration.ofHours(23)))).isEqualTo(Duration.ofMinutes(65));
        assertThat(lifetime.left(made.plus(Duration.ofDays(2)))).isZero();
    }

    private Lifetime lifetime(Duration life) {
        return Lifetime.of(acme.issue("east", life).certificate());
    }

    private OwnIdentity identity(Credentials credentials) {
        return new OwnIdentity(credentials, Revocations.inMemory(), clock, io.virtualwire.time.Ticker.system());
    }

    private static void shakeHands(Credentials client, OwnIdentity server) throws SSLException {
        Handshake.run(
                new TlsContexts(client).clientEngine(server.identity()),
                new TlsContexts(server).serverEngine(_ -> true));
    }
}
