package io.virtualwire.cli.command;

import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which node is asked; a mixin of commands about the fabric. Any node answers for all, so the first that answers is taken, and
 * noted for the next time.
 */
final class NodeOption {
    @Option(
            names = "--node",
            paramLabel = "ADDRESS[:PORT],…",
            description =
                    "Nodes to ask, the first that answers; port 7482 if none is given. Default: the ones asked last.")
    private @Nullable String addresses;

    /** Asks the first node that answers. */
    <T> T ask(Person person, Function<NodeClient, T> question) {
        return askBut("", List.of(), person, question);
    }

    /**
     * Asks the first node that answers and is not this one, or this one if there is no other.
     *
     * @param more nodes that are asked after those that are known
     */
    <T> T askBut(String name, List<String> more, Person person, Function<NodeClient, T> question) {
        List<String> known = Stream.concat(
                        (addresses == null ? noted(person.home()) : split(addresses)).stream(), more.stream())
                .distinct()
                .toList();
        Set<String> put = new HashSet<>();
        WireException last = new WireException(
                ErrorCode.NOT_FOUND,
                "no node is known to ask",
                "name one with --node ADDRESS; it is noted for the next time");
        List<String> order = new ArrayList<>(known);
        while (!order.isEmpty()) {
            String address = order.removeFirst();
            try (NodeClient client = new NodeClient(
                    person.tls(), HostAddress.parse(address, NodeClient.DEFAULT_PORT), Optional.empty())) {
                if (client.view().name().equals(name) && !order.isEmpty() && !put.contains(address)) {
                    put.add(address);
                    order.addLast(address);
                    continue;
                }
                T answer = question.apply(client);
                note(person, known);
                return answer;
            } catch (WireException e) {
                if (e.code() != ErrorCode.UNAVAILABLE) {
                    throw e;
                }
                last = e;
            }
        }
        throw last;
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
    }

    private static Path file(WireHome home) {
        return home.folder().resolve("nodes");
    }

    /** The nodes that were asked before. */
    static List<String> noted(WireHome home) {
        Path file = file(home);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return split(Files.readString(file).replace('\n', ','));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the list of nodes in " + file + ": " + IoReason.of(e),
                    "use --node",
                    e);
        }
    }

    /** Notes a node to ask. */
    static void note(WireHome home, String address) {
        List<String> all = new ArrayList<>(noted(home));
        if (!all.contains(address)) {
            all.add(address);
            write(home, all);
        }
    }

    /** Asks a node no more. */
    static void forget(WireHome home, String address) {
        List<String> all = new ArrayList<>(noted(home));
        if (all.remove(address)) {
            write(home, all);
        }
    }

    private static void write(WireHome home, List<String> all) {
        try {
            Files.createDirectories(file(home).toAbsolutePath().getParent());
            Files.writeString(file(home), String.join("\n", all) + "\n");
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write the list of nodes to " + file(home) + ": " + IoReason.of(e),
                    "see whether you may write there",
                    e);
        }
    }

    /** Best effort: whoever may not write there names nodes each time. */
    private static void note(Person person, List<String> asked) {
        List<String> all = new ArrayList<>(Stream.concat(asked.stream(), noted(person.home()).stream())
                .distinct()
                .toList());
        if (!all.equals(noted(person.home()))) {
            try {
                Files.createDirectories(file(person.home()).toAbsolutePath().getParent());
                Files.writeString(file(person.home()), String.join("\n", all) + "\n");
            } catch (IOException unwritable) {
                all.clear();
            }
        }
    }
}
