package io.virtualwire.transport;

import static io.virtualwire.transport.LoopRunner.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.NetworkNamespace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@link UdpTransport} over the loopback interface. */
class UdpTransportTest extends TransportContractTest {
    private static final int RUN_BYTES = 60_000;
    private static final int ONE_CALL = 8 * 65_536;

    @Override
    Transport open(DatapathLoop owner) {
        return UdpTransport.open(
                owner, NetworkNamespace.own(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void aSocketWithMuchToReadLeavesTheOthersTheirTurn() throws Exception {
        CompletableFuture<Integer> before = new CompletableFuture<>();
        try (DatapathLoop loop = DatapathLoop.start("turns")) {
            Transport sender = open(loop);
            Transport busy = open(loop);
            Transport quiet = open(loop);
            run(loop, () -> {
                int[] read = new int[1];
                busy.attach((bytes, offset, length, segmentSize, source) -> read[0] += length);
                quiet.attach((bytes, offset, length, segmentSize, source) -> before.complete(read[0]));
                // The loop is here and reads nothing yet.
                for (int i = 0; i < 40; i++) {
                    sender.send(busy.localAddress(), new byte[RUN_BYTES], 0, RUN_BYTES, 1_200);
                }
                sender.send(quiet.localAddress(), new byte[100], 0, 100, 100);
            });
            assertThat(before.get(10, TimeUnit.SECONDS)).isLessThanOrEqualTo(DatapathLoop.BYTES_PER_TURN + ONE_CALL);
            run(loop, () -> {
                sender.close();
                busy.close();
                quiet.close();
            });
        }
    }
}
