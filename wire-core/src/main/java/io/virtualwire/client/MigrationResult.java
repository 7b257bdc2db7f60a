package io.virtualwire.client;

/**
 * How a migration went.
 *
 * @param generation under which the new node holds the component
 * @param cutoverMillis from the old instance's yield to the last far end's flip: {@code handoffMillis + flipMillis}, an upper bound
 * @param handoffMillis from the old instance's yield until it heard that the new one decides, by the old node's clock
 * @param flipMillis from the moment at which the new instance decided until every far end had confirmed that it sends
 *     there now, by the new node's clock
 * @param totalMillis from the request until the log had the new node as the component's holder
 */
public record MigrationResult(
        String component,
        String from,
        String to,
        long generation,
        double cutoverMillis,
        double handoffMillis,
        double flipMillis,
        double totalMillis) {}
