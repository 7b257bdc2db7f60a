package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DatagramHeaderTest {
    @Test
    void writesWhatTheProtocolDraws() {
        byte[] bytes = new byte[20];
        Arrays.fill(bytes, (byte) 0xee);
        new DatagramHeader().wrap(bytes, 2).write(DatagramHeader.TYPE_SEALED, 0xfe, 0x81223344, 0x8877665544332211L);
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("eeee" + "11fe0000" + "81223344" + "8877665544332211" + "eeee");
    }

    @Test
    void readsWhatItWrote() {
        byte[] bytes = new byte[30];
        DatagramHeader header = new DatagramHeader().wrap(bytes, 7);
        header.write(DatagramHeader.TYPE_PLAIN, 200, -2, Long.MAX_VALUE);
        assertThat(header.version()).isEqualTo(1);
        assertThat(header.type()).isEqualTo(2);
        assertThat(header.lane()).isEqualTo(200);
        assertThat(header.sessionIndex()).isEqualTo(-2);
        assertThat(header.counter()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void readsEveryVersionAndType() {
        byte[] bytes = new byte[16];
        DatagramHeader header = new DatagramHeader().wrap(bytes, 0);
        bytes[0] = (byte) 0xf9;
        assertThat(header.version()).isEqualTo(15);
        assertThat(header.type()).isEqualTo(9);
    }
}
