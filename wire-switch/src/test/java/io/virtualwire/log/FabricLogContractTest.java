package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The obligations of {@link FabricLog}, by their numbers, against three nodes. */
abstract class FabricLogContractTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private Fabric fabric;

    /** Three nodes, of which the implementation says how they run, stop and start. */
    interface Fabric extends AutoCloseable {
        FabricLog<Ledger.Command, Ledger> log(int node);

        void stop(int node);

        void start(int node);

        @Override
        void close();
    }

    abstract Fabric start() throws Exception;

    @BeforeEach
    void startFabric() throws Exception {
        fabric = start();
        await().atMost(LONG)
                .until(() ->
                        IntStream.range(0, 3).anyMatch(node -> fabric.log(node).isLeader()));
    }

    @AfterEach
    void stopFabric() {
        fabric.close();
    }

    @Test
    void appendedIsKnownEverywhereInOneOrder_3() throws Exception {
        List<CompletableFuture<Applied<Ledger>>> appends = new ArrayList<>();
        for (int number = 0; number < 60; number++) {
            appends.add(fabric.log(number % 3).append(new Ledger.Write("line " + number)));
        }
        for (CompletableFuture<Applied<Ledger>> append : appends) {
            get(append);
        }
        List<String> agreed = get(fabric.log(0).latest()).state().lines();
        assertThat(agreed).hasSize(60).doesNotHaveDuplicates();
        for (int node = 0; node < 3; node++) {
            FabricLog<Ledger.Command, Ledger> log = fabric.log(node);
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(log.current().state().lines()).isEqualTo(agreed));
        }
    }

    @Test
    void writerSeesItsOwnWriteAtOnce_4() throws Exception {
        for (int node = 0; node < 3; node++) {
            Applied<Ledger> after = get(fabric.log(node).append(new Ledger.Write("by " + node)));
            assertThat(after.state().lines()).contains("by " + node);
            assertThat(fabric.log(node).current().index()).isGreaterThanOrEqualTo(after.index());
            assertThat(fabric.log(node).current().state().lines()).contains("by " + node);
        }
    }

    @Test
    void latestIncludesWhatAnyNodeHasWritten_2() throws Exception {
        for (int round = 0; round < 5; round++) {
            get(fabric.log(round % 3).append(new Ledger.Write("round " + round)));
            assertThat(get(fabric.log((round + 1) % 3).latest()).state().lines())
                    .contains("round " + round);
        }
    }

    @Test
    void exactlyOneOfManyCompetingSwapsWins_2_5() {
        List<CompletableFuture<Applied<Ledger>>> swaps = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            swaps.add(fabric.log(number % 3).append(new Ledger.Swap("", "winner " + number)));
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
        get(fabric.log(0).append(new Ledger.Write("before")));
        fabric.stop(0);
        get(fabric.log(1).append(new Ledger.Write("meanwhile")));
        get(fabric.log(2).append(new Ledger.Write("too")));
        fabric.start(0);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(fabric.log(0).current().state().lines())
                        .containsExactly("before", "meanwhile", "too"));
        get(fabric.log(0).append(new Ledger.Write("after")));
    }

    @Test
    void minorityRefusesInTimeAndKeepsAnswering_6() throws Exception {
        get(fabric.log(2).append(new Ledger.Write("agreed")));
        fabric.stop(0);
        fabric.stop(1);
        long begun = System.nanoTime();
        WireException refusal = failure(fabric.log(2).append(new Ledger.Swap("", "lonely")));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(took).isLessThan(LogSettings.DEFAULT.patience().plusSeconds(1));
        assertThat(fabric.log(2).current().state().lines()).containsExactly("agreed");
        assertThat(failure(fabric.log(2).latest())).isNotNull();
    }

    @Test
    void everythingIsStillThereAfterAllHaveStopped_1() throws Exception {
        for (int number = 0; number < 10; number++) {
            get(fabric.log(number % 3).append(new Ledger.Write("line " + number)));
        }
        List<String> before = get(fabric.log(0).latest()).state().lines();
        for (int node = 0; node < 3; node++) {
            fabric.stop(node);
        }
        for (int node = 0; node < 3; node++) {
            fabric.start(node);
        }
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(get(fabric.log(0).latest()).state().lines()).isEqualTo(before));
    }

    @Test
    void listenerHearsTheCurrentStateAndThenNewerOnesInOrder_7() throws Exception {
        get(fabric.log(1).append(new Ledger.Write("old")));
        List<Applied<Ledger>> heard = Collections.synchronizedList(new ArrayList<>());
        FabricLog.Registration registration = fabric.log(1).onChange(heard::add);
        await().atMost(LONG).until(() -> !heard.isEmpty());
        assertThat(heard.getFirst().state().lines()).contains("old");
        for (int number = 0; number < 10; number++) {
            get(fabric.log(number % 3).append(new Ledger.Write("new " + number)));
        }
        await().atMost(LONG).until(() -> heard.getLast().state().lines().contains("new 9"));
        assertThat(List.copyOf(heard)).extracting(Applied::index).isSorted().doesNotHaveDuplicates();
        registration.close();
        int size = heard.size();
        get(fabric.log(1).append(new Ledger.Write("unheard")));
        get(fabric.log(1).append(new Ledger.Write("unheard too")));
        assertThat(heard).hasSizeLessThanOrEqualTo(size + 1);
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
