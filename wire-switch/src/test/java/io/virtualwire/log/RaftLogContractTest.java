package io.virtualwire.log;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** Three Ratis nodes over loopback keep the contract. */
final class RaftLogContractTest extends FabricLogContractTest {
    /** Three nodes in one JVM hear one another sooner than hosts do. */
    private static final LogSettings SETTINGS =
            new LogSettings(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(4), 1024, 1 << 20);

    @TempDir
    private static Path folder;

    @Override
    Fabric start() throws Exception {
        List<Voter> voters = new ArrayList<>();
        OwnLoopback loopback = new OwnLoopback();
        for (int node = 0; node < 3; node++) {
            voters.add(new Voter("n" + node, loopback.free()));
        }
        return new RaftFabric(voters, folder);
    }

    private static final class RaftFabric implements Fabric {
        private final List<Voter> voters;
        private final Path folder;
        private final List<RaftLog<Ledger.Command, Ledger>> logs = new ArrayList<>();

        RaftFabric(List<Voter> voters, Path folder) {
            this.voters = voters;
            this.folder = folder;
            logs.addAll(IntStream.range(0, voters.size())
                    .parallel()
                    .mapToObj(this::open)
                    .toList());
        }

        @Override
        public FabricLog<Ledger.Command, Ledger> log(int node) {
            return logs.get(node);
        }

        @Override
        public void stop(int node) {
            logs.get(node).close();
        }

        @Override
        public void start(int node) {
            logs.set(node, open(node));
        }

        @Override
        public Duration patience() {
            return SETTINGS.patience();
        }

        @Override
        public void close() {
            logs.parallelStream().forEach(RaftLog::close);
        }

        private RaftLog<Ledger.Command, Ledger> open(int node) {
            String id = voters.get(node).id();
            return RaftLog.open("test", id, voters, folder.resolve(id), new Ledger.Machine(), SETTINGS);
        }
    }
}
