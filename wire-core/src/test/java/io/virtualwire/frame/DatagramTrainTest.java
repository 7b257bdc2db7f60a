package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatagramTrainTest {
    private static final MacAddress SOURCE = MacAddress.parse("52:54:00:00:00:01");
    private static final MacAddress TARGET = MacAddress.parse("52:54:00:00:00:02");
    private static final int IPV4_ID = 12 + 14 + 4;

    private final DatagramTrain train = new DatagramTrain();

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Whatever is joined comes apart as it was, in the order in which it came. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatComesOutIsWhatWentIn(long seed) {
        Random random = new Random(seed);
        boolean ipv4 = random.nextBoolean();
        boolean mayFragment = random.nextBoolean();
        int id = random.nextInt();
        List<byte[]> sent = new ArrayList<>();
        int size = 1 + random.nextInt(200);
        for (int i = 0; i < 60; i++) {
            switch (random.nextInt(12)) {
                case 0 -> size = 1 + random.nextInt(random.nextBoolean() ? 40 : 1_400);
                case 1 -> id += random.nextInt(3);
                default -> id++;
            }
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            byte[] frame = random.nextInt(15) == 0
                    ? other(random, payload)
                    : datagram(ipv4, 5000 + (random.nextInt(20) == 0 ? 1 : 0), payload);
            if (ipv4 && frame[12 + 12] == 8 && frame[12 + 13] == 0 && (frame[12 + 14] & 0xff) == 0x45) {
                identify(frame, id, mayFragment ? 0 : 0x4000);
            }
            sent.add(frame);
        }

        List<byte[]> passed = pass(sent);

        assertThat(passed.size()).isLessThanOrEqualTo(sent.size());
        for (byte[] frame : passed) {
            assertThat(new VirtioNetHeader().wrap(frame, 0, frame.length).validate())
                    .isEqualTo(VirtioFault.NONE);
        }
        assertThat(apart(passed, !mayFragment))
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(apart(sent, !mayFragment));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyOfOneFlowBecomeFew(boolean ipv4) {
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] payload = new byte[64];
            Arrays.fill(payload, (byte) i);
            sent.add(datagram(ipv4, 5000, payload));
        }

        List<byte[]> passed = pass(sent);

        assertThat(passed).hasSize(6);
        assertThat(passed).allMatch(frame -> frame.length <= DatagramTrain.MAX_BYTES);
        assertThat(passed).allMatch(frame -> VirtioNetHeader.isUdpSuperFrame(frame, 0));
    }

    @Test
    void aShorterOneIsTheLast() {
        List<byte[]> sent = List.of(
                datagram(true, 5000, new byte[80]),
                datagram(true, 5000, new byte[80]),
                datagram(true, 5000, new byte[30]),
                datagram(true, 5000, new byte[30]));

        List<byte[]> passed = pass(sent);

        assertThat(passed).hasSize(2);
        assertThat(passed.get(0)).hasSize(12 + 14 + 20 + 8 + 190);
        assertThat(passed.get(1)).isEqualTo(sent.get(3));
    }

    @Test
    void aLonelyOneStaysAsItWas() {
        byte[] frame = datagram(true, 5000, new byte[64]);

        assertThat(pass(List.of(frame))).containsExactly(frame);
    }

    @Test
    void whatMayBeFragmentedKeepsItsIdentification() {
        byte[] first = datagram(true, 5000, new byte[64]);
        byte[] next = datagram(true, 5000, new byte[64]);
        byte[] leap = datagram(true, 5000, new byte[64]);
        identify(first, 0xffff, 0);
        identify(next, 0, 0);
        identify(leap, 2, 0);

        assertThat(pass(List.of(first, next, leap))).hasSize(2);
    }

    @Test
    void oneDatagramOfTheNarrowestUnderlayCarriesIt() {
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(datagram(true, 5000, new byte[700]));
        }

        assertThat(pass(sent)).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 18, 26 + 1, 26 + 8, 26 + 12, 46, 48, 52})
    void anyDifferenceInTheHeadersKeepsThemApart(int at) {
        byte[] first = datagram(true, 5000, new byte[64]);
        byte[] second = datagram(true, 5000, new byte[64]);
        second[at] ^= 1;

        assertThat(pass(List.of(first, second))).containsExactly(first, second);
    }

    private List<byte[]> pass(List<byte[]> frames) {
        List<byte[]> passed = new ArrayList<>();
        for (byte[] frame : frames) {
            byte[] embedded = new byte[frame.length + 9];
            System.arraycopy(frame, 0, embedded, 5, frame.length);
            if (!train.join(embedded, 5, frame.length)) {
                takeTrain(passed);
                if (!train.begin(embedded, 5, frame.length)) {
                    passed.add(frame);
                }
            }
        }
        takeTrain(passed);
        return passed;
    }

    private void takeTrain(List<byte[]> passed) {
        if (train.count() > 0) {
            train.couple();
            passed.add(Arrays.copyOf(train.bytes(), train.length()));
            train.clear();
        }
    }

    private static byte[] datagram(boolean ipv4, int port, byte[] payload) {
        String network = ipv4 ? "10.1.0." : "fd00::";
        byte[] frame = new FrameBuilder(new Random(3))
                .ipv4(ipv4)
                .payload(payload)
                .between(SOURCE, TARGET)
                .between(new InetSocketAddress(network + 1, port), new InetSocketAddress(network + 2, 6000))
                .build();
        settle(frame);
        return frame;
    }

    /** The sum of the pseudo-header as a kernel leaves it: folded. */
    private static void settle(byte[] frame) {
        boolean ipv4 = frame[12 + 12] == 8;
        int transport = ipv4 ? 46 : 66;
        long sum = ipv4 ? InternetChecksum.add(0, frame, 38, 8) : InternetChecksum.add(0, frame, 34, 32);
        sum += 17 + frame.length - transport;
        TransportHeaders.putShort(frame, transport + 6, ~InternetChecksum.fold(sum) & 0xffff);
    }

    private static byte[] other(Random random, byte[] payload) {
        return new FrameBuilder(random)
                .tcp(random.nextBoolean())
                .ipv4(random.nextBoolean())
                .tags(random.nextInt(2))
                .ipOptions(random.nextInt(2))
                .gsoSize(random.nextBoolean() ? 0 : 100)
                .payload(payload)
                .build();
    }

    private static void identify(byte[] frame, int id, int fragment) {
        TransportHeaders.putShort(frame, IPV4_ID, id);
        TransportHeaders.putShort(frame, IPV4_ID + 2, fragment);
        TransportHeaders.putShort(frame, IPV4_ID + 6, 0);
        TransportHeaders.putShort(frame, IPV4_ID + 6, InternetChecksum.fold(InternetChecksum.add(0, frame, 26, 20)));
    }

    /** Every packet on its own, checksums filled in; without the identifications, if those mean nothing. */
    private static List<byte[]> apart(List<byte[]> frames, boolean withoutIds) {
        List<byte[]> apart = new ArrayList<>();
        FinishOffloads finish = new FinishOffloads();
        for (byte[] frame : frames) {
            finish.finish(frame, 0, frame.length, (bytes, offset, length) -> {
                byte[] packet = Arrays.copyOfRange(bytes, offset, offset + length);
                if (withoutIds && packet[24] == 8 && packet[25] == 0) {
                    identify(packet, 0, 0x4000);
                }
                apart.add(packet);
            });
        }
        return apart;
    }
}
