package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire watch}. */
@Command(
        name = "watch",
        description = {
            "Tell what happens in the fabric, as it happens, until it is interrupted.",
            "Goes on with another node when the one that tells it is lost; with -o json one object a line."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire watch", "  wire watch --since 0 -o json"})
public final class WatchCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final long PAUSE_MILLIS = 500;

    @Option(
            names = "--since",
            paramLabel = "N",
            description = "Begin after event N; 0: with the oldest that is kept. Default: with the next.")
    private @Nullable Long since;

    @Option(names = "--count", paramLabel = "N", description = "End after N events.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    private OptionalLong told = OptionalLong.empty();
    private boolean connected;
    private long shown;

    /** Enough was shown; thrown through the client, which ends its request. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public Integer call() throws InterruptedException {
        told = since == null ? OptionalLong.empty() : OptionalLong.of(since);
        while (shown < count) {
            try {
                node.ask(person, client -> {
                    client.events(told, this::take);
                    return true;
                });
            } catch (Enough enough) {
                return ExitCode.OK;
            } catch (WireException e) {
                if (!connected || e.code() != ErrorCode.UNAVAILABLE) {
                    throw e;
                }
                output.progress("no node answers; trying again");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return ExitCode.OK;
    }

    private void take(FabricEvent event) {
        connected = true;
        told = OptionalLong.of(event.sequence());
        if (event.type().equals(FabricEvent.ALIVE)) {
            return;
        }
        output.line(event, out -> print(out, event));
        if (event.isEvent() && ++shown >= count) {
            throw new Enough();
        }
    }

    private static void print(PrintWriter out, FabricEvent event) {
        if (event.type().equals(FabricEvent.GAP)) {
            out.println("events up to " + event.sequence() + " are lost; see how things are with 'wire switch ls'");
            return;
        }
        String time = TIME.format(Instant.ofEpochMilli(event.at()).atZone(ZoneId.systemDefault()));
        out.println(time + "  " + event.sequence() + "  " + event.type() + words(event));
    }

    private static String words(FabricEvent event) {
        StringBuilder words = new StringBuilder("  ");
        words.append(event.wire().isEmpty() ? event.component() : event.wire());
        if (!event.from().isEmpty()) {
            words.append(" from ").append(event.from());
        }
        if (!event.node().isEmpty()) {
            words.append(event.from().isEmpty() ? " on " : " to ").append(event.node());
        }
        if (event.version() != 0) {
            words.append(" version ").append(event.version());
            event.added().forEach(wire -> words.append(" +").append(wire));
            event.removed().forEach(wire -> words.append(" -").append(wire));
        }
        if (event.handoffMicros() > 0) {
            words.append(": handed over in ")
                    .append(event.handoffMicros() / 1000.0)
                    .append(" ms");
        }
        if (event.flipMicros() > 0) {
            words.append(": far ends followed in ")
                    .append(event.flipMicros() / 1000.0)
                    .append(" ms");
        }
        return words.append(event.detail().isEmpty() ? "" : ": " + event.detail())
                .toString()
                .replaceAll(" {3,}", "  ");
    }
}
