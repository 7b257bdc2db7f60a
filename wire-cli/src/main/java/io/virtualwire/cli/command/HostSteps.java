package io.virtualwire.cli.command;

import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.Progress;
import io.virtualwire.cli.provision.Step;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import java.util.Locale;

/** The making of hosts as a terminal shows it. */
final class HostSteps implements Progress {
    private static final double SECOND = 1e9;

    private final Output output;
    private final Ticker ticker = Ticker.system();
    private final long began = ticker.nanoTime();

    HostSteps(Output output) {
        this.output = output;
    }

    @Override
    public void begins(String host, Step step) {
        // A line for each end is enough; what takes long is the one that has no line yet.
    }

    @Override
    public synchronized void done(String host, Step step, String detail) {
        show(host, step, detail);
    }

    @Override
    public synchronized void failed(String host, Step step, WireException why, boolean removed) {
        show(host, step, "failed: " + why.getMessage() + (removed ? "; removing what was made" : ""));
    }

    private void show(String host, Step step, String detail) {
        double seconds = (ticker.nanoTime() - began) / SECOND;
        output.progress(String.format(
                Locale.ROOT,
                "%6.1f s  %s [%d/%d] %s: %s",
                seconds,
                host,
                step.ordinal() + 1,
                Step.values().length,
                step.title(),
                detail));
    }
}
