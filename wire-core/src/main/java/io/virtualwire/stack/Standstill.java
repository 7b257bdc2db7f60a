package io.virtualwire.stack;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.transport.DatapathLoop;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Owner threads that do nothing by themselves, and what the first asks of them; until this is closed.
 *
 * <pre>
 *   first   ── of ──▶ wait for all ── on(1, …) ── on(2, …) ── … ── close
 *   others       ▲ arrive, then work only on what is asked            ▲ go on
 * </pre>
 */
final class Standstill implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 5;
    private static final Runnable GO_ON = () -> {};

    private final List<LinkedBlockingQueue<Runnable>> asked;

    private Standstill(int threads) {
        this.asked = IntStream.range(0, threads)
                .mapToObj(thread -> new LinkedBlockingQueue<Runnable>())
                .toList();
    }

    /** Called on the first loop; returns when all others stand still. */
    static Standstill of(List<DatapathLoop> loops) {
        Standstill standstill = new Standstill(loops.size());
        CountDownLatch missing = new CountDownLatch(loops.size() - 1);
        for (int thread = 1; thread < loops.size(); thread++) {
            LinkedBlockingQueue<Runnable> queue = standstill.asked.get(thread);
            loops.get(thread).execute(() -> {
                missing.countDown();
                work(queue);
            });
        }
        try {
            if (!missing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                standstill.close();
                throw new WireException(
                        ErrorCode.UNAVAILABLE, "cannot stand still: an owner thread is busy", "try it again");
            }
        } catch (InterruptedException e) {
            standstill.close();
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.UNAVAILABLE, "interrupted while standing still", "", e);
        }
        return standstill;
    }

    private static void work(LinkedBlockingQueue<Runnable> queue) {
        try {
            for (Runnable job = queue.take(); job != GO_ON; job = queue.take()) {
                job.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has something done on that thread, and waits for it. */
    <T> T on(int thread, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable job = () -> {
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        };
        if (thread == 0) {
            job.run();
        } else {
            asked.get(thread).add(job);
        }
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WireException refused) {
                throw refused;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        asked.forEach(queue -> queue.add(GO_ON));
    }
}
