package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatapathLoopTest {
    private final DatapathLoop loop = DatapathLoop.start("loop-test");
    private final List<String> events = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void itKnowsItsOwnThread() {
        assertThat(loop.inLoop()).isFalse();
        assertThat(LoopRunner.on(loop, loop::inLoop)).isTrue();
        LoopRunner.run(loop, loop::assertInLoop);
        assertThatThrownBy(loop::assertInLoop).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> loop.register(0, () -> {}, () -> {})).isInstanceOf(IllegalStateException.class);
    }

    /** sched(7): what is less than before is for root, or for whom its limits let. */
    @Test
    void itGoesBeforeGuestsWhereItMay() throws Exception {
        int nice = LoopRunner.on(loop, () -> niceOf(Path.of("/proc/thread-self/stat")));
        boolean mayAsRoot =
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);

        assertThat(nice).isEqualTo(mayAsRoot ? -10 : niceOf(Path.of("/proc/self/stat")));
        assertThat(niceOf(Path.of("/proc/thread-self/stat"))).as("of others").isGreaterThan(-10);
    }

    private static int niceOf(Path stat) {
        try {
            String fields = Files.readString(stat);
            return Integer.parseInt(
                    fields.substring(fields.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theEndOfATurnComesAfterTheTasksThatWereDue() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        LoopRunner.run(loop, () -> {
            loop.execute(() -> {
                loop.atEndOfTurn(() -> {
                    events.add("end");
                    done.countDown();
                });
                events.add("first");
            });
            loop.execute(() -> events.add("second"));
        });

        assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(events).containsExactly("first", "second", "end");
    }

    @Test
    void aCancelledTimerDoesNotRun() throws Exception {
        CountDownLatch later = new CountDownLatch(1);
        LoopRunner.run(loop, () -> {
            Loop.Timer cancelled = loop.schedule(Duration.ofMillis(1), () -> events.add("cancelled"));
            loop.schedule(Duration.ofMillis(10), later::countDown);
            cancelled.cancel();
        });

        assertThat(later.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void aFailingTaskDoesNotEndTheLoop() {
        loop.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        LoopRunner.run(
                loop,
                () -> loop.atEndOfTurn(() -> {
                    throw new IllegalStateException("on purpose");
                }));

        assertThat(LoopRunner.on(loop, loop::inLoop)).isTrue();
    }

    @Test
    void itCannotWaitForItsOwnEnd() {
        assertThatThrownBy(() -> LoopRunner.run(loop, loop::close)).isInstanceOf(IllegalStateException.class);
    }
}
