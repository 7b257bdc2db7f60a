package io.virtualwire.cli.command;

import io.virtualwire.cli.output.Output;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.VmMigrationStep;
import io.virtualwire.control.WireException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A virtual machine's migration as a terminal shows it: its phases, how far its memory is copied, and Ctrl-C, which calls it off
 * and waits until the machine is known to stay.
 */
final class VmMigration {
    private static final double MEBIBYTE = 1 << 20;
    private static final long LAST_WORD_SECONDS = 30;

    private final NodeClient node;
    private final String vm;
    private final Output output;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean calledOff;
    private final CountDownLatch over = new CountDownLatch(1);

    VmMigration(NodeClient node, String vm, Output output) {
        this.node = node;
        this.vm = vm;
        this.output = output;
    }

    VmMigrationStep.Result run(String to, VmMigrationOptions how) {
        Thread interrupted = new Thread(this::callOff);
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            return node.migrateVm(
                    vm, to, how.mode(), how.postCopy(), how.copyStorage(), how.bandwidth(), how.parallel(), this::show);
        } finally {
            ended.set(true);
            over.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(interrupted);
            } catch (IllegalStateException shuttingDown) {
                // Then it runs, and has been let go.
                ended.set(true);
            }
        }
    }

    private void callOff() {
        if (ended.get()) {
            return;
        }
        calledOff = true;
        output.progress("calling the move of " + vm + " off; it stays where it is, unless it has arrived already");
        try {
            node.giveUpMigration(vm);
            if (!over.await(LAST_WORD_SECONDS, TimeUnit.SECONDS)) {
                output.progress("it is still being called off: wire vm show " + vm);
            }
        } catch (WireException e) {
            output.progress(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(VmMigrationStep step) {
        String line = String.format(Locale.ROOT, "%8.1f ms  %s", step.millis(), step.step());
        output.progress(step.progress()
                .map(it -> String.format(
                        Locale.ROOT,
                        "%s  %.1f of %.1f MiB left, %.1f MiB/s copied, %.1f MiB/s dirtied",
                        line,
                        it.remainingBytes() / MEBIBYTE,
                        it.totalBytes() / MEBIBYTE,
                        it.bytesPerSecond() / MEBIBYTE,
                        it.dirtyBytesPerSecond() / MEBIBYTE))
                .orElse(step.detail().isEmpty() ? line : line + " " + step.node() + ": " + step.detail()));
        if (calledOff) {
            // Whoever called it off does not see the command's end.
            step.error().ifPresent(why -> output.progress(why.message()));
        }
    }
}
