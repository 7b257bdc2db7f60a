package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One tenant fills all the buffers that it may; another one's frames are put together all the same. */
class BufferQuotaTest {
    private static final Identity FAR = new Identity("cloud", "there");
    private static final int QUOTA = 1 << 20;
    private static final int FLOODED_WIRES = 8;

    private final Bench bench = new Bench("cloud", new TenantQuotas() {
        @Override
        public int peers(String tenant) {
            return 1;
        }

        @Override
        public long bufferBytes(String tenant) {
            return QUOTA;
        }
    });

    @Test
    void oneTenantsFloodOfIncompleteFramesIsItsOwnTrouble() {
        bench.startSession(FAR, false);
        int[] flooded = new int[FLOODED_WIRES];
        for (int i = 0; i < FLOODED_WIRES; i++) {
            flooded[i] = wire("rival", "flood-" + i);
        }
        Bench.BenchPort port = new Bench.BenchPort();
        bench.engine.addPort("acme/good", port);
        int good = wire("acme", "good");

        byte[] frame = new byte[3_000];
        for (int number = 1; number <= 400; number++) {
            for (int index : flooded) {
                send(index, number, 0, 65_000, new byte[1_000]);
            }
            if (number % 10 == 0) {
                send(good, number / 10, 0, frame.length, new byte[1_500]);
                for (int index : flooded) {
                    send(index, 1_000 + number, 0, 65_000, new byte[1_000]);
                }
                send(good, number / 10, 1_500, frame.length, new byte[1_500]);
            }
        }

        assertThat(port.delivered).hasSize(40);
        assertThat(side("acme", "good").drops()).isEmpty();
        long refused = 0;
        for (int i = 0; i < FLOODED_WIRES; i++) {
            refused += side("rival", "flood-" + i).drops().getOrDefault(DropReason.BUFFER_QUOTA, 0L);
        }
        assertThat(refused).isPositive();
    }

    private SideStatus side(String owner, String name) {
        return bench.engine.side(WireId.named(name).of(owner), Side.A).orElseThrow();
    }

    /** Connects a wire and lets the far end agree; gives the index at which it is sent to. */
    private int wire(String owner, String name) {
        WireId wire = WireId.named(name);
        bench.engine.connect(new ConnectRequest(
                wire.of(owner),
                Side.A,
                Bench.generation(1),
                owner + "/" + name,
                new PeerDescription(FAR, Bench.generation(1), List.of(), false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty()));
        bench.engine.told(
                bench.path(FAR),
                new PeerMessage.Offer(
                        wire,
                        Side.B,
                        Bench.generation(1),
                        Bench.generation(1),
                        bench.offeredTo(FAR),
                        Role.ACTIVE,
                        false,
                        false,
                        owner));
        return bench.offeredTo(FAR);
    }

    private void send(int index, long number, int at, int total, byte[] payload) {
        MessageHeader header = new MessageHeader()
                .kind(MessageKind.FRAME)
                .sideBit(Side.B.bit())
                .wireIndex(index)
                .senderGeneration(1)
                .receiverGeneration(1)
                .frameNumber(number)
                .byteOffset(at)
                .totalLength(total);
        bench.farSends(FAR, header, payload);
    }
}
