package io.virtualwire.node;

import io.virtualwire.transport.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Knows whether the log answers, and since when without a break: asked only while somebody wants to know. Owner thread.
 *
 * <p>Who was cut off sees the log again seconds before it sees the other nodes; what it believes of them until then is old.
 */
final class LogProbe {
    private final Supplier<? extends CompletableFuture<?>> question;
    private final Loop loop;
    private final Runnable answered;
    private boolean asking;
    private boolean everAnswered;
    private boolean answers;
    private boolean wasCutOff;
    private long since;

    /** @param answered is run when it is known anew that the log answers */
    LogProbe(Supplier<? extends CompletableFuture<?>> question, Loop loop, Runnable answered) {
        this.question = question;
        this.loop = loop;
        this.answered = answered;
    }

    /** Asks the log, unless that is being done. */
    void ask() {
        if (!asking) {
            asking = true;
            question.get().whenComplete((any, failure) -> loop.execute(() -> learn(failure == null)));
        }
    }

    private void learn(boolean well) {
        asking = false;
        boolean news = well && !answers;
        if (news) {
            wasCutOff |= everAnswered;
            since = loop.ticker().nanoTime();
        }
        answers = well;
        everAnswered |= well;
        if (news) {
            answered.run();
        }
    }

    /** Whether the log answered when it was last asked. */
    boolean isAnswering() {
        return answers;
    }

    /** How long ago it began to answer again; very long if it never ceased. */
    long answeringNanos() {
        return wasCutOff ? knownNanos() : Long.MAX_VALUE;
    }

    /** How long it has been known to answer. */
    long knownNanos() {
        return answers ? loop.ticker().nanoTime() - since : 0;
    }
}
