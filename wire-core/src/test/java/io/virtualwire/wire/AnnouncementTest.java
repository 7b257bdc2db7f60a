package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private static final long MAC = 0x5254_0012_3456L;
    private static final String VIRTIO = "00".repeat(12);
    private static final String ETHERNET = "ffffffffffff" + "525400123456";
    private static final String RARP =
            "8035" + "0001080006040003" + "525400123456" + "00000000" + "525400123456" + "00000000";
    private static final String GRATUITOUS =
            "0806" + "0001080006040001" + "525400123456" + "0a010001" + "000000000000" + "0a010001";
    private static final String ORDINARY =
            "0806" + "0001080006040001" + "525400123456" + "0a010001" + "000000000000" + "0a010002";

    @Test
    void recognisesRarpAndGratuitousArp() {
        assertThat(is(MAC, VIRTIO + ETHERNET + RARP)).isTrue();
        assertThat(is(MAC, VIRTIO + ETHERNET + GRATUITOUS)).isTrue();
        assertThat(is(MAC, VIRTIO + ETHERNET + "81000005" + RARP)).isTrue();
        assertThat(is(0, VIRTIO + ETHERNET + RARP + "00".repeat(18))).isTrue();
    }

    @Test
    void ignoresOthers() {
        assertThat(is(MAC, VIRTIO + ETHERNET + ORDINARY)).isFalse();
        assertThat(is(MAC + 1, VIRTIO + ETHERNET + RARP)).isFalse();
        assertThat(is(MAC, VIRTIO + ETHERNET + "0800" + "45".repeat(40))).isFalse();
    }

    @Test
    void readsNothingBeyondTheFrame() {
        byte[] whole = HexFormat.of().parseHex(VIRTIO + ETHERNET + "81000005" + RARP);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThat(Announcement.isBy(MAC, cut, 0, length)).isFalse();
        }
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] noise = new byte[random.nextInt(80)];
            random.nextBytes(noise);
            Announcement.isBy(0, noise, 0, noise.length);
        }
    }

    private static boolean is(long mac, String hex) {
        byte[] frame = HexFormat.of().parseHex(hex);
        byte[] shifted = new byte[frame.length + 5];
        System.arraycopy(frame, 0, shifted, 5, frame.length);
        return Announcement.isBy(mac, shifted, 5, frame.length);
    }
}
