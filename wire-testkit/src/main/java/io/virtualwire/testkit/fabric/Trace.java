package io.virtualwire.testkit.fabric;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.stream.Collectors;

/** The last things that happened, for whoever has to understand a failure. */
final class Trace {
    private static final int KEPT = 150;

    private record Line(long at, String format, Object[] arguments) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%10.3f ms  ", at / 1e6) + String.format(Locale.ROOT, format, arguments);
        }
    }

    private final VirtualTime time;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();

    Trace(VirtualTime time) {
        this.time = time;
    }

    /** Formats only what is read in the end. */
    void add(String format, Object... arguments) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.add(new Line(time.nanoTime(), format, arguments));
    }

    @Override
    public String toString() {
        return lines.stream().map(Line::toString).collect(Collectors.joining("\n"));
    }
}
