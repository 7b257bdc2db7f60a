package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A voter of an earlier release that meets what only a later one understands: it stops, and has missed nothing when it is replaced. */
final class NewerReleaseTest {
    private static final LogSettings SETTINGS =
            new LogSettings(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(4), 1000, 4096);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void whoDoesNotUnderstandAnEntryStopsBeforeItAndGoesOnWithAnotherRelease() throws IOException {
        List<Voter> alone = List.of(new Voter("east", new OwnLoopback().free()));
        try (FabricLog<Ledger.Command, Ledger> log = open(alone, new Earlier())) {
            await().atMost(PATIENCE).until(() -> accepts(log, "known"));
            assertThatThrownBy(() -> log.append(new Ledger.Write("new")).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(WireException.class);
            assertThatThrownBy(() -> log.append(new Ledger.Write("known again")).join())
                    .hasCauseInstanceOf(WireException.class)
                    .cause()
                    .isInstanceOfSatisfying(WireException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                        assertThat(e.getMessage()).contains("only the next release");
                        assertThat(e.hint()).contains("release");
                    });
            assertThatThrownBy(() -> log.latest().join()).hasMessageContaining("only the next release");
            await("others lead").atMost(PATIENCE).until(() -> !log.isLeader());
            assertThat(log.current().state().lines()).containsOnly("known");
        }
        try (FabricLog<Ledger.Command, Ledger> log = open(alone, new Ledger.Machine())) {
            await().atMost(PATIENCE).until(() -> accepts(log, "more"));
            assertThat(log.current().state().lines()).containsSubsequence("known", "new", "more");
        }
    }

    private static boolean accepts(FabricLog<Ledger.Command, Ledger> log, String line) {
        return log.append(new Ledger.Write(line))
                .handle((done, failure) -> failure == null)
                .join();
    }

    private FabricLog<Ledger.Command, Ledger> open(List<Voter> voters, StateMachine<Ledger.Command, Ledger> machine) {
        return RaftLog.open("test", "east", voters, folder, machine, SETTINGS);
    }

    private static final class Earlier implements StateMachine<Ledger.Command, Ledger> {
        private final Ledger.Machine machine = new Ledger.Machine();

        @Override
        public Ledger initial() {
            return machine.initial();
        }

        @Override
        public Ledger apply(Ledger state, Ledger.Command command, long index) {
            if (command.equals(new Ledger.Write("new"))) {
                throw new NewerReleaseNeeded("this is known to only the next release");
            }
            return machine.apply(state, command, index);
        }

        @Override
        public Codec<Ledger.Command> commands() {
            return machine.commands();
        }

        @Override
        public Codec<Ledger> states() {
            return machine.states();
        }
    }
}
