package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtioNetHeaderTest {
    private final Random random = new Random(7);
    private final VirtioNetHeader header = new VirtioNetHeader();

    @Test
    void fieldsAreLittleEndianAndWhereTheyBelong() {
        byte[] bytes = new byte[40];
        header.wrap(bytes, 3, 37)
                .flags(1)
                .gsoType(4)
                .headerLength(0x0102)
                .gsoSize(0xfffe)
                .checksumStart(0x0506)
                .checksumOffset(0x0708);

        assertThat(bytes).startsWith(0, 0, 0, 1, 4, 2, 1, 0xfe, 0xff, 6, 5, 8, 7, 0, 0);
        assertThat(header.headerLength()).isEqualTo(0x0102);
        assertThat(header.gsoSize()).isEqualTo(0xfffe);
        assertThat(header.checksumStart()).isEqualTo(0x0506);
        assertThat(header.checksumOffset()).isEqualTo(0x0708);
        assertThat(header.needsChecksum()).isTrue();
        assertThat(header.gsoType()).isEqualTo(VirtioNetHeader.GSO_TCPV6);
        assertThat(header.clear().isGso()).isFalse();
        assertThat(bytes).containsOnly(0);
    }

    @Test
    void theEcnBitIsNotPartOfTheType() {
        header.wrap(new byte[12], 0, 12).gsoType(VirtioNetHeader.GSO_TCPV4 | VirtioNetHeader.GSO_ECN);

        assertThat(header.gsoType()).isEqualTo(VirtioNetHeader.GSO_TCPV4);
        assertThat(header.hasEcn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatAKernelSendsIsSound(long seed) {
        Random seeded = new Random(seed);
        FrameBuilder builder = new FrameBuilder(seeded)
                .tcp(seeded.nextBoolean())
                .ipv4(seeded.nextBoolean())
                .tags(seeded.nextInt(3))
                .ipOptions(seeded.nextInt(2))
                .gsoSize(seeded.nextBoolean() ? 1448 : 0)
                .payload(new byte[5_000]);

        assertThat(fault(builder.build(), h -> {})).isEqualTo(VirtioFault.NONE);
    }

    @Test
    void everyContradictionHasItsName() {
        assertThat(fault(tcp(), h -> h.flags(h.flags() | 0x40))).isEqualTo(VirtioFault.FLAGS);
        assertThat(fault(tcp(), h -> h.headerLength(60_000))).isEqualTo(VirtioFault.HEADER_LENGTH);
        assertThat(fault(tcp(), h -> h.checksumStart(13))).isEqualTo(VirtioFault.CHECKSUM_PLACE);
        assertThat(fault(tcp(), h -> h.checksumStart(0xffff))).isEqualTo(VirtioFault.CHECKSUM_PLACE);
        assertThat(fault(tcp(), h -> h.checksumOffset(0xffff))).isEqualTo(VirtioFault.CHECKSUM_PLACE);
        assertThat(fault(tcp(), h -> h.checksumOffset(6))).isEqualTo(VirtioFault.GSO_CHECKSUM);
        assertThat(fault(tcp(), h -> h.checksumStart(38))).isEqualTo(VirtioFault.GSO_CHECKSUM);
        assertThat(fault(tcp(), h -> h.flags(0))).isEqualTo(VirtioFault.GSO_CHECKSUM);
        assertThat(fault(tcp(), h -> h.gsoSize(0))).isEqualTo(VirtioFault.GSO_SIZE);
        assertThat(fault(tcp(), h -> h.gsoType(3))).isEqualTo(VirtioFault.GSO_TYPE);
        assertThat(fault(tcp(), h -> h.gsoType(0x7f))).isEqualTo(VirtioFault.GSO_TYPE);
        assertThat(fault(tcp(), h -> h.gsoType(VirtioNetHeader.GSO_ECN))).isEqualTo(VirtioFault.GSO_TYPE);
        assertThat(fault(tcp(), h -> h.gsoType(VirtioNetHeader.GSO_TCPV6))).isEqualTo(VirtioFault.GSO_HEADERS);
        assertThat(fault(tcp(), h -> h.gsoType(VirtioNetHeader.GSO_UDP_L4))).isEqualTo(VirtioFault.GSO_HEADERS);
        byte[] fragment = tcp();
        fragment[12 + 14 + 6] = 0x20;
        assertThat(fault(fragment, h -> {})).isEqualTo(VirtioFault.GSO_HEADERS);
        assertThat(header.wrap(new byte[25], 0, 25).validate()).isEqualTo(VirtioFault.LENGTH);
        assertThat(header.wrap(new byte[65_563], 0, 65_563).validate()).isEqualTo(VirtioFault.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void noBytesMakeItThrowOrReadBeyondTheFrame(long seed) {
        Random seeded = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new FrameBuilder(seeded)
                    .tcp(seeded.nextBoolean())
                    .ipv4(seeded.nextBoolean())
                    .tags(seeded.nextInt(3))
                    .gsoSize(1)
                    .payload(new byte[1 + seeded.nextInt(8)])
                    .build();
            for (int changes = seeded.nextInt(4); changes >= 0; changes--) {
                bytes[seeded.nextInt(bytes.length)] = (byte) seeded.nextInt();
            }
            int length = 12 + seeded.nextInt(bytes.length - 11);
            byte[] exact = java.util.Arrays.copyOf(bytes, length);
            assertThat(header.wrap(exact, 0, length).validate()).isNotNull();
        }
    }

    private byte[] tcp() {
        return new FrameBuilder(random)
                .tcp(true)
                .gsoSize(1000)
                .payload(new byte[4_000])
                .build();
    }

    private VirtioFault fault(byte[] frame, Consumer<VirtioNetHeader> change) {
        header.wrap(frame, 0, frame.length);
        change.accept(header);
        return header.validate();
    }
}
