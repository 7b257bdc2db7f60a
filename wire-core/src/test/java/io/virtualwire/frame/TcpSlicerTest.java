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

class TcpSlicerTest {
    private static final int FIN_PUSH_CWR_ACK = 0x99;

    private final TcpSlicer slicer = new TcpSlicer();

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theSlicesSayTheSameAndAreSmallEnough(long seed) {
        Random random = new Random(seed);
        byte[] payload = new byte[1 + random.nextInt(40_000)];
        random.nextBytes(payload);
        int gsoSize = 500 + random.nextInt(2_000);
        byte[] frame = new FrameBuilder(random)
                .tcp(true)
                .ipv4(random.nextBoolean())
                .tags(random.nextInt(2))
                .tcpOptions(random.nextInt(4))
                .tcpFlags(FIN_PUSH_CWR_ACK)
                .gsoSize(gsoSize)
                .payload(payload)
                .build();
        byte[] before = frame.clone();
        int most = 200 + random.nextInt(9_000);

        List<byte[]> slices = slice(frame, most);

        assertThat(frame).isEqualTo(before);
        assertThat(slices).isNotEmpty();
        TransportHeaders headers = new TransportHeaders();
        assertThat(headers.parse(frame, 12, frame.length - 12)).isTrue();
        int sequence = sequence(frame, headers);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        FinishOffloads finish = new FinishOffloads();
        for (int i = 0; i < slices.size(); i++) {
            byte[] slice = slices.get(i);
            assertThat(slice.length).isLessThanOrEqualTo(most);
            assertThat(new VirtioNetHeader().wrap(slice, 0, slice.length).validate())
                    .isEqualTo(VirtioFault.NONE);
            assertThat(headers.parse(slice, 12, slice.length - 12)).isTrue();
            assertThat(sequence(slice, headers)).isEqualTo(sequence + joined.size());
            int flags = slice[12 + headers.transportOffset() + 13] & 0xff;
            assertThat(flags & 0x80).isEqualTo(i == 0 ? 0x80 : 0);
            assertThat(flags & 0x09).isEqualTo(i == slices.size() - 1 ? 0x09 : 0);
            assertThat(flags & 0x10).isEqualTo(0x10);
            finish.finish(slice, 0, slice.length, (bytes, offset, length) -> {
                TransportHeaders found = new TransportHeaders();
                assertThat(found.parse(bytes, offset + 12, length - 12)).isTrue();
                assertThat(length - 12 - found.payloadOffset()).isLessThanOrEqualTo(gsoSize);
                assertThat(checksum(bytes, offset, length, found)).isZero();
                joined.write(bytes, offset + 12 + found.payloadOffset(), length - 12 - found.payloadOffset());
            });
        }
        assertThat(joined.toByteArray()).isEqualTo(payload);
    }

    @Test
    void othersAreLeftWhole() {
        Random random = new Random(1);
        byte[] udp =
                new FrameBuilder(random).gsoSize(100).payload(new byte[5_000]).build();
        byte[] single =
                new FrameBuilder(random).tcp(true).payload(new byte[1_400]).build();

        assertThat(slice(udp, 1_000)).isEmpty();
        assertThat(slice(single, 1_000)).isEmpty();
    }

    @Test
    void withoutRoomForTheHeadersNothingIsCut() {
        byte[] frame = new FrameBuilder(new Random(1))
                .tcp(true)
                .gsoSize(100)
                .payload(new byte[5_000])
                .build();

        assertThat(slice(frame, 60)).isEmpty();
    }

    private List<byte[]> slice(byte[] frame, int most) {
        List<byte[]> slices = new ArrayList<>();
        boolean cut = slicer.slice(
                frame,
                0,
                frame.length,
                most,
                (bytes, offset, length) -> slices.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        assertThat(cut).isEqualTo(!slices.isEmpty());
        return slices;
    }

    private static int sequence(byte[] frame, TransportHeaders headers) {
        int at = 12 + headers.transportOffset() + 4;
        return TransportHeaders.unsignedShort(frame, at) << 16 | TransportHeaders.unsignedShort(frame, at + 2);
    }

    private static int checksum(byte[] bytes, int offset, int length, TransportHeaders headers) {
        int network = offset + 12 + headers.networkOffset();
        int transport = offset + 12 + headers.transportOffset();
        int covered = offset + length - transport;
        long sum = headers.isIpv4()
                ? InternetChecksum.add(0, bytes, network + 12, 8)
                : InternetChecksum.add(0, bytes, network + 8, 32);
        return InternetChecksum.fold(InternetChecksum.add(sum + covered + 6, bytes, transport, covered));
    }
}
