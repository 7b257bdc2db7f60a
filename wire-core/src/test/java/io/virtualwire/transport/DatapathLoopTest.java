package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
