package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What nodes of one cluster send each other, spoiled: refused, in no more memory than it has bytes. */
class ClusterFuzzTest {
    @Test
    void tunnelsLeadToServicesOrNowhere() {
        Fuzz.of("tunnel preambles")
                .refusing(IOException.class)
                .allocatingAtMost(64 << 10)
                .stillWorks(
                        () -> assertThat(request("virtualwire-tunnel/1 log\n")).isEqualTo(ClusterService.LOG))
                .run(
                        60_000,
                        new SpoiledText(
                                List.of(
                                        "virtualwire-tunnel/1 members\n",
                                        "virtualwire-tunnel/1 event-bus\n",
                                        "virtualwire-tunnel/1 log\nand more"),
                                20_000),
                        input -> ServiceRequest.read(new ByteArrayInputStream(input)));
    }

    @Test
    void tablesTakeNoMoreMemoryThanThereIs() {
        InternalSerializationService serialization = new DefaultSerializationServiceBuilder()
                .setConfig(new SerializationConfig()
                        .addDataSerializableFactory(TableSerialization.FACTORY, new TableSerialization()))
                .build();
        Cell cell = new Cell(77, new byte[100]);
        List<byte[]> genuine = List.of(
                serialization.toBytes(cell),
                serialization.toBytes(new OfferCell(cell)),
                serialization.toBytes(new WithdrawCell(7)),
                serialization.toBytes(new NewestCell()));
        // Hazelcast's own head of 17 bytes stays: what other classes it may name is Hazelcast's affair.
        Fuzz.of("entries of tables")
                .refusing(HazelcastSerializationException.class)
                .allocatingAtMost(1 << 20)
                .stillWorks(() -> assertThat(
                                ((Cell) serialization.toObject(new HeapData(genuine.getFirst()))).version())
                        .isEqualTo(77))
                .run(60_000, new SpoiledBytes(genuine, 5_000, 17, 21, 25, 29), input -> {
                    byte[] head = genuine.get(input.length % genuine.size());
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    bytes.write(head, 0, Math.min(17, head.length));
                    if (input.length > 17) {
                        bytes.write(input, 17, input.length - 17);
                    }
                    serialization.toObject(new HeapData(bytes.toByteArray()));
                });
        serialization.dispose();
    }

    private static ClusterService request(String line) throws IOException {
        return ServiceRequest.read(new ByteArrayInputStream(line.getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .service()
                .orElseThrow();
    }
}
