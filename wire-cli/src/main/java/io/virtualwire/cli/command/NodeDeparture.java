package io.virtualwire.cli.command;

import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.NodeView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes a node out of the fabric, and waits until its vote counts no more. */
final class NodeDeparture {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Person person;
    private final NodeOption node;

    NodeDeparture(Person person, NodeOption node) {
        this.person = person;
        this.node = node;
    }

    /** False if it is no member; the last one is left as it is. */
    boolean take(String name) {
        NodeView before = node.ask(person, client -> client.view());
        if (find(before, name).isEmpty()) {
            return false;
        }
        // Perhaps nobody but this one was asked so far.
        List<String> others = before.members().stream()
                .filter(member -> !member.name().equals(name))
                .flatMap(NodeDeparture::interfaces)
                .toList();
        node.askBut(name, others, person, client -> client.dismiss(name));
        awaitGone(name, others);
        find(before, name).stream()
                .flatMap(NodeDeparture::interfaces)
                .forEach(address -> NodeOption.forget(person.home(), address));
        return true;
    }

    /** Where it says that its interface is, and there where else it is reached. */
    private static Stream<String> interfaces(NodeView.Member member) {
        if (member.api().isEmpty()) {
            return Stream.empty();
        }
        int port = HostAddress.parse(member.api(), NodeClient.DEFAULT_PORT).port();
        return Stream.concat(
                        Stream.of(member.api()),
                        member.addresses().stream()
                                .map(address -> HostAddress.parse(address, port).host())
                                .map(host -> new HostAddress(host, port).toString()))
                .distinct();
    }

    /** Whether there are others, without which it need not leave. */
    boolean isOneOfSeveral(String name) {
        NodeView view = node.ask(person, client -> client.view());
        return find(view, name).isPresent() && view.members().size() > 1;
    }

    private void awaitGone(String name, List<String> others) {
        Ticker ticker = Ticker.system();
        long began = ticker.nanoTime();
        while (!isGone(name, others)) {
            if (ticker.nanoTime() - began > PATIENCE.toNanos()) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        "node " + name + " is no member, and its vote still counts after " + PATIENCE.toSeconds()
                                + " s",
                        "see that a majority of the nodes runs: 'wire node ls'; it goes on by itself");
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WireException(
                        ErrorCode.TIMEOUT, "interrupted while node " + name + " leaves", "it goes on by itself", e);
            }
        }
    }

    /** Where the one that leaves has led, the others choose another first. */
    private boolean isGone(String name, List<String> others) {
        try {
            NodeView view = node.askBut(name, others, person, client -> client.view());
            return !view.name().equals(name) && find(view, name).isEmpty();
        } catch (WireException e) {
            if (e.code() != ErrorCode.UNAVAILABLE) {
                throw e;
            }
            return false;
        }
    }

    private static Optional<NodeView.Member> find(NodeView view, String name) {
        return view.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst();
    }
}
