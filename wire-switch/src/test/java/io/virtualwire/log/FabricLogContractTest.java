package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The obligations of {@link FabricLog}, by their numbers, against three nodes that all tests share. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FabricLogContractTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private Fabric fabric;

    /** Three nodes, of which the implementation says how they run, stop and start. */
    interface Fabric extends AutoCloseable {
        FabricLog<Ledger.Command, Ledger> log(int node);

        void stop(int node);

        void start(int node);

        /** Within what time an append without a majority fails. */
        Duration patience();

        @Override
        void close();
    }

    abstract Fabric start() throws Exception;

    @BeforeAll
    void startFabric() throws Exception {
        fabric = start();
        await().atMost(LONG)
                .until(() ->
                        IntStream.range(0, 3).anyMatch(node -> fabric.log(node).isLeader()));
    }

    @AfterAll
    void stopFabric() {
        fabric.close();
    }

    @Test
    void appendedIsKnownEverywhereInOneOrder_3() throws Exception {
        String mine = unique();
        List<CompletableFuture<Applied<Ledger>>> appends = new ArrayList<>();
        for (int number = 0; number < 60; number++) {
            appends.add(fabric.log(number % 3).append(new Ledger.Write(mine + number)));
        }
        for (CompletableFuture<Applied<Ledger>> append : appends) {
            get(append);
        }
        List<String> agreed = lines(get(fabric.log(0).latest()), mine);
        assertThat(agreed).hasSize(60).doesNotHaveDuplicates();
        for (int node = 0; node < 3; node++) {
            FabricLog<Ledger.Command, Ledger> log = fabric.log(node);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(lines(log.current(), mine)).isEqualTo(agreed));
        }
    }

    @Test
    void writerSeesItsOwnWriteAtOnce_4() throws Exception {
        String mine = unique();
        for (int node = 0; node < 3; node++) {
            Applied<Ledger> after = get(fabric.log(node).append(new Ledger.Write(mine + node)));
            assertThat(lines(after, mine)).contains(mine + node);
            assertThat(fabric.log(node).current().index()).isGreaterThanOrEqualTo(after.index());
            assertThat(lines(fabric.log(node).current(), mine)).contains(mine + node);
        }
    }

    @Test
    void latestIncludesWhatAnyNodeHasWritten_2() throws Exception {
        String mine = unique();
        for (int round = 0; round < 5; round++) {
            get(fabric.log(round % 3).append(new Ledger.Write(mine + round)));
            assertThat(lines(get(fabric.log((round + 1) % 3).latest()), mine)).contains(mine + round);
        }
    }

    @Test
    void aCommandWithoutSenseIsRefusedAndTheNextIsApplied_5() throws Exception {
        String mine = unique();
        WireException refusal = failure(fabric.log(0).append(new Ledger.Swap(null, "nowhere")));
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.CORRUPT);
        Applied<Ledger> after = get(fabric.log(1).append(new Ledger.Write(mine + "after")));
        assertThat(lines(after, mine)).contains(mine + "after");
    }

    @Test
    void exactlyOneOfManyCompetingSwapsWins_2_5() throws Exception {
        String before = get(fabric.log(0).latest()).state().register();
        List<CompletableFuture<Applied<Ledger>>> swaps = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            swaps.add(fabric.log(number % 3).append(new Ledger.Swap(before, unique())));
        }
        int won = 0;
        for (CompletableFuture<Applied<Ledger>> swap : swaps) {
            WireException refusal = failure(swap);
            if (refusal == null) {
                won++;
            } else {
                assertThat(refusal.code()).isEqualTo(ErrorCode.VERSION_CONFLICT);
                assertThat(refusal.hint()).isEqualTo("Read it again.");
            }
        }
        assertThat(won).isEqualTo(1);
    }

    @Test
    void majorityGoesOnAndTheStoppedNodeCatchesUp_1_6() throws Exception {
        String mine = unique();
        get(fabric.log(0).append(new Ledger.Write(mine + "before")));
        fabric.stop(0);
        try {
            get(fabric.log(1).append(new Ledger.Write(mine + "meanwhile")));
            get(fabric.log(2).append(new Ledger.Write(mine + "too")));
        } finally {
            fabric.start(0);
        }
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(lines(fabric.log(0).current(), mine))
                        .containsExactly(mine + "before", mine + "meanwhile", mine + "too"));
        get(fabric.log(0).append(new Ledger.Write(mine + "after")));
    }

    @Test
    void minorityRefusesInTimeAndKeepsAnswering_6() throws Exception {
        String mine = unique();
        get(fabric.log(2).append(new Ledger.Write(mine)));
        fabric.stop(0);
        fabric.stop(1);
        try {
            long begun = System.nanoTime();
            WireException refusal = failure(fabric.log(2).append(new Ledger.Write(mine + "lonely")));
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(refusal).isNotNull();
            assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(took).isLessThan(fabric.patience().plusSeconds(1));
            assertThat(lines(fabric.log(2).current(), mine)).containsExactly(mine);
        } finally {
            fabric.start(0);
            fabric.start(1);
        }
        awaitAgreement();
    }

    @Test
    void everythingIsStillThereAfterAllHaveStopped_1() throws Exception {
        String mine = unique();
        for (int number = 0; number < 10; number++) {
            get(fabric.log(number % 3).append(new Ledger.Write(mine + number)));
        }
        List<String> before = lines(get(fabric.log(0).latest()), mine);
        for (int node = 0; node < 3; node++) {
            fabric.stop(node);
        }
        for (int node = 0; node < 3; node++) {
            fabric.start(node);
        }
        awaitAgreement();
        assertThat(lines(get(fabric.log(0).latest()), mine)).isEqualTo(before);
    }

    @Test
    void listenerHearsTheCurrentStateAndThenNewerOnesInOrder_7() throws Exception {
        String mine = unique();
        get(fabric.log(1).append(new Ledger.Write(mine + "old")));
        List<Applied<Ledger>> heard = Collections.synchronizedList(new ArrayList<>());
        FabricLog.Registration registration = fabric.log(1).onChange(heard::add);
        await().atMost(LONG).until(() -> !heard.isEmpty());
        assertThat(lines(heard.getFirst(), mine)).contains(mine + "old");
        for (int number = 0; number < 10; number++) {
            get(fabric.log(number % 3).append(new Ledger.Write(mine + number)));
        }
        await().atMost(LONG).until(() -> lines(heard.getLast(), mine).contains(mine + "9"));
        assertThat(List.copyOf(heard)).extracting(Applied::index).isSorted().doesNotHaveDuplicates();
        registration.close();
        int size = heard.size();
        get(fabric.log(1).append(new Ledger.Write(mine + "unheard")));
        get(fabric.log(1).append(new Ledger.Write(mine + "unheard too")));
        assertThat(heard).hasSizeLessThanOrEqualTo(size + 1);
    }

    private void awaitAgreement() {
        for (int node = 0; node < 3; node++) {
            FabricLog<Ledger.Command, Ledger> log = fabric.log(node);
            await().atMost(LONG).until(() -> failure(log.latest()) == null);
        }
    }

    private static String unique() {
        return UUID.randomUUID() + " ";
    }

    private static List<String> lines(Applied<Ledger> applied, String mine) {
        return applied.state().lines().stream()
                .filter(line -> line.startsWith(mine))
                .toList();
    }

    static <T> T get(CompletableFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    static WireException failure(CompletableFuture<?> future) {
        try {
            get(future);
            return null;
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(WireException.class);
            return (WireException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("neither success nor failure", e);
        }
    }
}
