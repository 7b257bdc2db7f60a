package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EthernetFrameTest {
    private static final long GUEST = 0x5254_0012_3456L;
    private static final String VIRTIO = "00".repeat(12);

    private final EthernetFrame frame = new EthernetFrame();

    @Test
    void addressesAndTypeAreReadInPlace() {
        assertThat(wrap("ff ff ff ff ff ff  52 54 00 12 34 56  08 06" + " 00".repeat(46)))
                .isTrue();

        assertThat(frame.destination()).isEqualTo(MacAddress.BROADCAST);
        assertThat(frame.source()).isEqualTo(GUEST);
        assertThat(frame.etherType()).isEqualTo(EtherType.ARP);
        assertThat(frame.isTagged()).isFalse();
        assertThat(frame.vlanId()).isZero();
        assertThat(frame.payloadOffset()).isEqualTo(14);
        assertThat(frame.length()).isEqualTo(60);
    }

    @Test
    void addressesWithHighBitsStayPositive() {
        assertThat(wrap("ff fe fd fc fb fa  fa fb fc fd fe ff  ff ff")).isTrue();

        assertThat(frame.destination()).isEqualTo(0xfffe_fdfc_fbfaL);
        assertThat(frame.source()).isEqualTo(0xfafb_fcfd_feffL);
        assertThat(frame.etherType()).isEqualTo(0xffff);
    }

    @Test
    void tagsAreSteppedOver() {
        assertThat(wrap("02 00 00 00 00 01  02 00 00 00 00 02  81 00 e0 64  86 dd 60 00"))
                .isTrue();
        assertThat(frame.vlanId()).isEqualTo(100);
        assertThat(frame.etherType()).isEqualTo(EtherType.IPV6);
        assertThat(frame.payloadOffset()).isEqualTo(18);

        assertThat(wrap("02 00 00 00 00 01  02 00 00 00 00 02  88 a8 00 0a  81 00 00 14  08 00 45"))
                .isTrue();
        assertThat(frame.vlanId()).isEqualTo(10);
        assertThat(frame.etherType()).isEqualTo(EtherType.IPV4);
        assertThat(frame.payloadOffset()).isEqualTo(22);
    }

    @Test
    void whatIsTooShortForItsHeadersIsRefused() {
        assertThat(wrap("02 00 00 00 00 01  02 00 00 00 00 02  08")).isFalse();
        assertThat(wrap("02 00 00 00 00 01  02 00 00 00 00 02  81 00 00 0a 08")).isFalse();
    }

    @Test
    void rarpAndGratuitousArpOfItsOwnAddressAnnounceAStation() {
        String arp = "00 01 08 00 06 04 00 01  52 54 00 12 34 56  0a 01 00 05  00 00 00 00 00 00 ";
        String head = "ff ff ff ff ff ff  52 54 00 12 34 56 ";
        assertThat(wrap(head + "08 06 " + arp + "0a 01 00 05")).isTrue();
        assertThat(frame.announces(GUEST)).isTrue();
        assertThat(frame.announces(GUEST + 1)).isFalse();

        wrap(head + "08 06 " + arp + "0a 01 00 06");
        assertThat(frame.announces(GUEST)).as("an ARP request for another").isFalse();

        wrap(head + "80 35 00 01 08 00 06 04 00 03 52 54 00 12 34 56 00 00 00 00 52 54 00 12 34 56 00 00 00 00");
        assertThat(frame.announces(GUEST)).isTrue();

        wrap(head + "80 35 00 01 08 00 06 04 00 03 52 54 00 12 34 56");
        assertThat(frame.announces(GUEST)).as("cut short").isFalse();
    }

    private boolean wrap(String hex) {
        byte[] bytes = HexFormat.of().parseHex(VIRTIO + hex.replace(" ", ""));
        return frame.wrap(bytes, 0, bytes.length);
    }
}
