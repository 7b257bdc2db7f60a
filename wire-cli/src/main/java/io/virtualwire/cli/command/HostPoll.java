package io.virtualwire.cli.command;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Asks many connectors the same at the same time, so that those which are silent cost one time-out together. */
final class HostPoll {
    /** What came of asking one host: an answer or a refusal. */
    record Reply<T>(String host, Optional<T> answer, Optional<WireException> refusal) {}

    private final Person person;

    HostPoll(Person person) {
        this.person = person;
    }

    /** The replies in the order of the names. */
    <T> List<Reply<T>> ask(Collection<String> hosts, Function<ConnectorClient, T> question) {
        if (hosts.size() == 1) {
            // Without what threads need, of which a short command would load everything first.
            return List.of(one(hosts.iterator().next(), question));
        }
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply<T>>> asked = hosts.stream()
                    .map(host -> askers.submit(() -> one(host, question)))
                    .toList();
            List<Reply<T>> replies = new ArrayList<>();
            for (Future<Reply<T>> reply : asked) {
                replies.add(reply.get());
            }
            return replies;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while hosts were asked", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private <T> Reply<T> one(String host, Function<ConnectorClient, T> question) {
        try (ConnectorClient connector = person.connector(host)) {
            return new Reply<>(host, Optional.of(question.apply(connector)), Optional.empty());
        } catch (WireException e) {
            return new Reply<>(host, Optional.empty(), Optional.of(e));
        }
    }
}
