package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.DrainStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire connector drain}. */
@Command(
        name = "drain",
        description = {
            "Empty a host: its connector takes no new endpoints and wires from now on, also after a restart; what is there goes on.",
            "Waits until nothing is left; ends with status 1 when the time is up. --cancel takes it back."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire connector drain --host hosta",
            "  wire connector drain --host hosta --show",
            "  wire connector drain --host hosta --cancel"
        })
final class ConnectorDrainCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(500);

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "localhost",
            description = "The host; default: localhost, where a connector without --listen answers.")
    private String host;

    @Option(names = "--cancel", description = "Let it take new endpoints and wires again.")
    private boolean cancel;

    @Option(names = "--show", description = "Change nothing: say whether it drains, and what is there.")
    private boolean show;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description =
                    "How long to wait until it is empty; 0: only begin and show what is there; default: for ever.")
    private Optional<Long> timeout = Optional.empty();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        try (ConnectorClient client = person.connector(host)) {
            if (cancel) {
                DrainStatus open = client.cancelDrain();
                output.print(open, out -> out.println(host + " takes new endpoints and wires again"));
                return ExitCode.OK;
            }
            if (show) {
                DrainStatus now = client.drainStatus();
                output.print(now, out -> show(now, out));
                return ExitCode.OK;
            }
            DrainStatus status = client.drain();
            if (timeout.filter(it -> it == 0).isEmpty()) {
                status = awaitEmpty(client, status);
            }
            DrainStatus last = status;
            output.print(last, out -> show(last, out));
            return ExitCode.OK;
        }
    }

    private DrainStatus awaitEmpty(ConnectorClient client, DrainStatus first) throws InterruptedException {
        long end = timeout.map(it -> System.nanoTime() + Duration.ofSeconds(it).toNanos())
                .orElse(Long.MAX_VALUE);
        DrainStatus status = first;
        int told = -1;
        while (!status.remaining().isEmpty()) {
            if (status.remaining().size() != told) {
                told = status.remaining().size();
                output.progress("still there: "
                        + status.remaining().stream()
                                .map(ConnectorDrainCommand::named)
                                .collect(Collectors.joining("; ")));
            }
            if (!status.draining()) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "somebody cancelled the drain of " + host + "; " + told + " things are still there",
                        "agree with them, then drain it again");
            }
            if (end != Long.MAX_VALUE && System.nanoTime() - end >= 0) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        host + " is not empty after " + timeout.orElse(0L) + " s: " + told + " things are still there",
                        "move or remove them ('wire connector drain --host " + host
                                + " --show' lists them); it goes on to take nothing new");
            }
            Thread.sleep(PAUSE);
            status = client.drainStatus();
        }
        return status;
    }

    private void show(DrainStatus status, PrintWriter out) {
        if (!status.draining()) {
            out.println(host + " takes new endpoints and wires");
        } else if (status.remaining().isEmpty()) {
            out.println(host + " is empty and takes nothing new");
        }
        if (status.remaining().isEmpty()) {
            return;
        }
        Table table = new Table("KIND", "TENANT", "NAME", "ENDPOINT", "TOWARDS");
        status.remaining().forEach(it -> table.row(it.kind(), it.tenant(), it.name(), it.endpoint(), towards(it)));
        table.print(out);
    }

    private static String named(DrainStatus.Remaining it) {
        String towards = towards(it);
        return it.kind() + " " + it.tenant() + "/" + it.name() + (towards.isEmpty() ? "" : " towards " + towards);
    }

    private static String towards(DrainStatus.Remaining it) {
        return it.towards().stream().map(Identity::toString).collect(Collectors.joining(", "));
    }
}
