package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
    @Test
    void textAndBitsAgree() {
        assertThat(MacAddress.parse("52:54:00:ab:CD:0f").bits()).isEqualTo(0x5254_00ab_cd0fL);
        assertThat(MacAddress.parse("52-54-00-ab-cd-0f")).hasToString("52:54:00:ab:cd:0f");
        Random random = new Random(3);
        for (int i = 0; i < 1000; i++) {
            MacAddress mac = new MacAddress(random.nextLong() >>> 16);
            assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "52:54:00:ab:cd", "52:54:00:ab:cd:0f:01", "52:54:00:ab:cd:0", "52:54:00:ab:cd:+f", "x"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> MacAddress.parse(text)).isInstanceOf(WireException.class);
    }

    @Test
    void groupsAreToldFromStations() {
        assertThat(MacAddress.isGroup(MacAddress.BROADCAST)).isTrue();
        assertThat(MacAddress.isGroup(MacAddress.parse("01:00:5e:00:00:01").bits()))
                .isTrue();
        assertThat(MacAddress.parse("52:54:00:00:00:01").isGroup()).isFalse();
        assertThat(MacAddress.local(-1).isGroup()).isFalse();
        assertThat(MacAddress.local(0)).hasToString("02:00:00:00:00:00");
    }
}
