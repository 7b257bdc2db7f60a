package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FinishOffloadsTest {
    private final FinishOffloads finish = new FinishOffloads();

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void segmentsCarryThePayloadInOrderAndVerify(long seed) {
        Random random = new Random(seed);
        byte[] payload = new byte[1 + random.nextInt(random.nextBoolean() ? 65_000 : 3_000)];
        random.nextBytes(payload);
        boolean tcp = random.nextBoolean();
        int flags = 0x10 | 0x09 | 0x80;
        FrameBuilder builder = new FrameBuilder(random)
                .tcp(tcp)
                .ipv4(random.nextBoolean())
                .tags(random.nextInt(3))
                .ipOptions(random.nextInt(3))
                .tcpOptions(random.nextInt(11))
                .tcpFlags(flags)
                .gsoSize(1 + random.nextInt(9_000))
                .payload(payload);
        byte[] frame = builder.build();
        byte[] before = frame.clone();

        List<byte[]> segments = finish(frame);

        assertThat(frame).isEqualTo(before);
        int gsoSize = new VirtioNetHeader().wrap(frame, 0, frame.length).gsoSize();
        assertThat(segments).hasSize((payload.length + gsoSize - 1) / gsoSize);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        TransportHeaders headers = new TransportHeaders();
        int firstSequence = 0;
        int firstId = 0;
        for (int i = 0; i < segments.size(); i++) {
            byte[] segment = segments.get(i);
            assertThat(headers.parse(segment, 12, segment.length - 12)).isTrue();
            assertChecksums(segment, headers);
            int transport = 12 + headers.transportOffset();
            if (headers.isIpv4()) {
                int id = TransportHeaders.unsignedShort(segment, 12 + headers.networkOffset() + 4);
                firstId = i == 0 ? id : firstId;
                assertThat(id).isEqualTo(firstId + i & 0xffff);
            }
            if (tcp) {
                int sequence = TransportHeaders.unsignedShort(segment, transport + 4) << 16
                        | TransportHeaders.unsignedShort(segment, transport + 6);
                firstSequence = i == 0 ? sequence : firstSequence;
                assertThat(sequence).isEqualTo(firstSequence + joined.size());
                int expected = flags;
                expected &= i == 0 ? 0xff : ~0x80;
                expected &= i == segments.size() - 1 ? 0xff : ~0x09;
                assertThat(segment[transport + 13] & 0xff).isEqualTo(expected);
            } else {
                assertThat(TransportHeaders.unsignedShort(segment, transport + 4))
                        .isEqualTo(segment.length - transport);
            }
            joined.write(segment, 12 + headers.payloadOffset(), segment.length - 12 - headers.payloadOffset());
        }
        assertThat(joined.toByteArray()).isEqualTo(payload);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMissingChecksumIsFilledIn(long seed) {
        Random random = new Random(seed);
        byte[] payload = new byte[1 + random.nextInt(1_400)];
        random.nextBytes(payload);
        byte[] frame = new FrameBuilder(random)
                .tcp(random.nextBoolean())
                .ipv4(random.nextBoolean())
                .tags(random.nextInt(2))
                .payload(payload)
                .build();

        List<byte[]> finished = finish(frame);

        assertThat(finished).hasSize(1);
        TransportHeaders headers = new TransportHeaders();
        assertThat(headers.parse(finished.get(0), 12, frame.length - 12)).isTrue();
        assertChecksums(finished.get(0), headers);
    }

    @Test
    void aFrameWithNothingLeftToDoPassesAsItIs() {
        byte[] frame = new byte[72];
        new Random(1).nextBytes(frame);
        VirtioNetHeader.clear(frame, 0);

        assertThat(finish(frame)).containsExactly(frame);
    }

    @Test
    void aFrameThatContradictsItselfHasNoOutput() {
        byte[] frame = new FrameBuilder(new Random(1))
                .gsoSize(100)
                .payload(new byte[500])
                .build();
        new VirtioNetHeader().wrap(frame, 0, frame.length).gsoSize(0);

        assertThat(finish.finish(frame, 0, frame.length, (bytes, offset, length) -> {
                    throw new AssertionError("output");
                }))
                .isEqualTo(VirtioFault.GSO_SIZE);
    }

    private List<byte[]> finish(byte[] frame) {
        List<byte[]> out = new ArrayList<>();
        VirtioFault fault = finish.finish(
                frame,
                0,
                frame.length,
                (bytes, offset, length) -> out.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        assertThat(fault).isEqualTo(VirtioFault.NONE);
        for (byte[] finished : out) {
            assertThat(Arrays.copyOf(finished, 12)).containsOnly(0);
        }
        return out;
    }

    /* A sum over everything covered, the checksum included, is all ones: its complement is 0. */
    private static void assertChecksums(byte[] frame, TransportHeaders headers) {
        int network = 12 + headers.networkOffset();
        int transport = 12 + headers.transportOffset();
        int covered = frame.length - transport;
        long pseudo = headers.isIpv4()
                ? InternetChecksum.add(0, frame, network + 12, 8)
                : InternetChecksum.add(0, frame, network + 8, 32);
        pseudo += headers.protocol() + covered;
        assertThat(InternetChecksum.fold(InternetChecksum.add(pseudo, frame, transport, covered)))
                .isZero();
        if (headers.isIpv4()) {
            assertThat(InternetChecksum.fold(InternetChecksum.add(0, frame, network, transport - network)))
                    .isZero();
        }
    }
}
