package io.virtualwire.cli.command;

import io.virtualwire.cli.output.Output;
import io.virtualwire.config.ReloadReport;
import java.io.PrintWriter;
import java.util.List;

/** Tells a person what came of a reload. */
final class Reloaded {
    private final String daemon;
    private final ReloadReport report;

    Reloaded(String daemon, ReloadReport report) {
        this.daemon = daemon;
        this.report = report;
    }

    void print(Output output) {
        output.print(report, out -> {
            out.println(daemon + " read " + report.file() + " again: "
                    + (report.changed().isEmpty() ? "nothing changed" : "changed " + listed(report.changed())));
            say(out, "needs a restart:", report.restart());
            say(out, "a flag wins over:", report.overridden());
            say(out, "no longer granted:", report.ungranted());
        });
    }

    private static void say(PrintWriter out, String what, List<String> keys) {
        if (!keys.isEmpty()) {
            out.println("  " + what + " " + listed(keys));
        }
    }

    private static String listed(List<String> keys) {
        return String.join(", ", keys);
    }
}
