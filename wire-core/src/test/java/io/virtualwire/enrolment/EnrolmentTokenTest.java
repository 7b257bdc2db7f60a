package io.virtualwire.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Fingerprint;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnrolmentTokenTest {
    private final EnrolmentToken token = new EnrolmentToken(
            new Identity("acme", "hostb"),
            HostAddress.parse("[2001:db8::1]:7491", 1),
            Fingerprint.of("an authority"),
            "a secret that nobody guesses");

    @Test
    void isOneWordThatSaysEverything() {
        assertThat(token.text()).matches("wire-[A-Za-z0-9_-]+");
        assertThat(EnrolmentToken.parse(" " + token.text() + "\n")).isEqualTo(token);
    }

    @Test
    void secretStaysOutOfLogs() {
        assertThat(token.toString()).doesNotContain(token.secret());
    }

    @Test
    void whatIsNoTokenIsRefusedClearly() {
        Random random = new Random(7);
        String whole = token.text();
        for (int round = 0; round < 2000; round++) {
            StringBuilder spoilt = new StringBuilder(whole);
            int at = random.nextInt(whole.length());
            switch (round % 3) {
                case 0 -> spoilt.setLength(at);
                case 1 -> spoilt.setCharAt(at, (char) random.nextInt(1, 128));
                default -> spoilt.insert(at, (char) random.nextInt(1, 256));
            }
            try {
                EnrolmentToken.parse(spoilt.toString());
            } catch (WireException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
            }
        }
        assertThatThrownBy(() -> EnrolmentToken.parse("hello"))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("not a token");
    }
}
