package io.virtualwire.cli.command;

import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.RelocationProgress;
import io.virtualwire.client.RelocationView;
import io.virtualwire.control.WireException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The migration of a whole cloud as a terminal shows it: its plan, its steps, and Ctrl-C, which lets no further step begin and waits
 * for those that are on their way.
 */
final class CloudMigration {
    private static final long LAST_WORD_SECONDS = 120;

    private final NodeClient node;
    private final Output output;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean interrupted;
    private int steps;

    CloudMigration(NodeClient node, Output output) {
        this.node = node;
        this.output = output;
    }

    void plan(String from, String to) {
        RelocationView plan = node.planRelocation(from, to);
        output.print(plan, out -> print(out, plan));
    }

    void run(String from, String to, VmMigrationOptions how) {
        Thread stop = new Thread(this::stop);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            RelocationView result = node.relocate(
                    from,
                    to,
                    how.mode(),
                    how.postCopy(),
                    how.copyStorage(),
                    how.bandwidth(),
                    how.parallel(),
                    this::show);
            output.print(
                    result,
                    out -> out.println("all " + result.steps().size() + " moved from " + from + " to " + to + "; "
                            + result.crossingWires() + " wires cross"));
        } finally {
            ended.set(true);
            over.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(stop);
            } catch (IllegalStateException shuttingDown) {
                // Then it runs, and has been let go.
                ended.set(true);
            }
        }
    }

    private void stop() {
        if (ended.get()) {
            return;
        }
        interrupted = true;
        output.progress("stopping: no further step begins; waiting for what is on its way");
        try {
            node.stopRelocation();
            if (!over.await(LAST_WORD_SECONDS, TimeUnit.SECONDS)) {
                output.progress("something is still on its way: wire vm ls");
            }
        } catch (WireException e) {
            output.progress(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(RelocationProgress line) {
        line.result().filter(all -> line.step().equals("agreed")).ifPresent(all -> {
            steps = all.steps().size();
            output.progress(steps + " steps, " + all.crossingWires() + " wires cross now");
        });
        if (!line.name().isEmpty()) {
            output.progress(String.format(
                    Locale.ROOT,
                    "%8.1f ms  [%d/%d] %s %s: %s",
                    line.millis(),
                    line.number(),
                    steps,
                    line.name(),
                    line.step(),
                    line.detail()));
        }
        if (interrupted && line.step().equals("ended")) {
            // Whoever stopped it does not see the command's end.
            output.progress(line.error().map(why -> why.message()).orElse("everything has moved already"));
        }
    }

    private static void print(PrintWriter out, RelocationView plan) {
        Table table = new Table("STEP", "WHAT", "KIND", "FROM", "TO", "CROSSING", "BYTES/S", "WHY THERE");
        table.row("-", "-", "-", "-", "-", wires(plan.crossingWires()), bytes(plan.crossingBytesPerSecond()), "-");
        int number = 0;
        for (RelocationView.Step step : plan.steps()) {
            table.row(
                    ++number,
                    step.name(),
                    step.kind(),
                    step.from(),
                    step.to(),
                    wires(step.crossingWires()),
                    bytes(step.crossingBytesPerSecond()),
                    step.why());
        }
        table.print(out);
        new TreeMap<>(plan.stays()).forEach((name, why) -> out.println(name + " stays: " + why));
    }

    private static String wires(int crossing) {
        return crossing + (crossing == 1 ? " wire" : " wires");
    }

    private static String bytes(long perSecond) {
        return perSecond < 0 ? "-" : Long.toString(perSecond);
    }
}
