package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SessionKeysTest {
    private final byte[] material = counting();

    @Test
    void cutsTheMaterialAsDrawn() {
        SessionKeys keys = new SessionKeys(material);
        assertThat(keys.dataKey(true)).hasSize(32).startsWith(0, 1, 2).endsWith(31);
        assertThat(keys.dataKey(false)).hasSize(32).startsWith(32).endsWith(63);
        assertThat(keys.headerKey(true)).hasSize(16).startsWith(64).endsWith(79);
        assertThat(keys.headerKey(false)).hasSize(16).startsWith(80).endsWith(95);
    }

    @Test
    void overwritesTheMaterial() {
        SessionKeys keys = new SessionKeys(material);
        byte[] kept = keys.dataKey(true);
        keys.close();
        assertThat(material).containsOnly(0);
        assertThat(kept).endsWith(31);
    }

    @Test
    void refusesAnyOtherLength() {
        assertThatThrownBy(() -> new SessionKeys(new byte[95])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void contextIsTheClientsIndexThenTheServers() {
        assertThat(SessionKeys.exporterContext(0x01020304, 0xfffefdfc))
                .containsExactly(1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc);
    }

    private static byte[] counting() {
        byte[] bytes = new byte[SessionKeys.LENGTH];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
