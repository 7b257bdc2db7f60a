package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.NodeDrain;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire node drain}. */
@Command(
        name = "drain",
        description = {
            "Empty a node: its switches go to other nodes, as by 'wire migrate', and it takes nothing from now on, also after a restart.",
            "Waits until nothing is left; ends with status 1 when the time is up. --undo takes it back."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire node drain west", "  wire node drain west --show", "  wire node drain west --undo"})
final class NodeDrainCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(250);

    @Parameters(paramLabel = "NAME", description = "The node, as the topology calls it.")
    private String name;

    @Option(names = "--undo", description = "Let it take things again.")
    private boolean undo;

    @Option(names = "--show", description = "Change nothing: say whether it drains, and what is there.")
    private boolean show;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description =
                    "How long to wait until it is empty; 0: only begin and show what is there; default: for ever.")
    private Optional<Long> timeout = Optional.empty();

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        NodeDrain status =
                ask(client -> show ? client.drainStatus(name) : undo ? client.undoDrain(name) : client.drain(name));
        if (!show && !undo && timeout.filter(it -> it == 0).isEmpty()) {
            status = awaitEmpty(status);
        }
        NodeDrain last = status;
        output.print(last, out -> out.println(name + said(last)));
        return ExitCode.OK;
    }

    private String said(NodeDrain status) {
        if (!status.draining()) {
            return undo ? " takes things again" : " takes things";
        }
        return status.isEmpty()
                ? " is empty and takes nothing new"
                : " takes nothing new; still there: " + left(status);
    }

    private NodeDrain awaitEmpty(NodeDrain first) throws InterruptedException {
        Ticker ticker = Ticker.system();
        long began = ticker.nanoTime();
        NodeDrain status = first;
        String told = "";
        while (!status.isEmpty()) {
            if (!left(status).equals(told)) {
                told = left(status);
                output.progress("still there: " + told);
            }
            if (!status.draining()) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "somebody took the drain of " + name + " back; still there: " + told,
                        "agree with them, then drain it again");
            }
            long waited = ticker.nanoTime() - began;
            if (timeout.filter(it -> waited >= TimeUnit.SECONDS.toNanos(it)).isPresent()) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        name + " is not empty after " + timeout.get() + " s; still there: " + told,
                        "see that other nodes run and take things ('wire switch ls'); it goes on by itself");
            }
            Thread.sleep(PAUSE);
            status = ask(client -> client.drainStatus(name));
        }
        return status;
    }

    private NodeDrain ask(Function<NodeClient, NodeDrain> question) {
        return node.ask(person, question);
    }

    private static String left(NodeDrain status) {
        return Stream.concat(
                        status.components().stream().map(it -> "switch " + it),
                        status.moves().stream().map(it -> "move of " + it))
                .collect(Collectors.joining(", "));
    }
}
