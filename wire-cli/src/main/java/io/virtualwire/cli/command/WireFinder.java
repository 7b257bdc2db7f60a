package io.virtualwire.cli.command;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks all hosts that a person knows about their wires; a host that does not answer is noted, not fatal. */
final class WireFinder {
    /** One side of a wire, and the host on which it was found. */
    record Found(String host, WireStatus status) {}

    private final Person person;
    private final List<Found> found = new ArrayList<>();
    private final Map<String, WireException> silent = new LinkedHashMap<>();

    /** @param extra a host that is asked although it is not noted; empty for none */
    WireFinder(Person person, String extra) {
        this.person = person;
        SortedMap<String, HostAddress> hosts = new TreeMap<>(person.hosts().all());
        if (!extra.isEmpty()) {
            hosts.putIfAbsent(extra, person.hosts().find(extra));
        }
        if (hosts.isEmpty()) {
            hosts.put("localhost", new HostAddress("localhost", HostAddress.DEFAULT_API_PORT));
        }
        hosts.keySet().forEach(this::ask);
        if (found.isEmpty() && silent.size() == hosts.size()) {
            throw silent.values().iterator().next();
        }
    }

    /** Every side on every host that answered. */
    List<Found> all() {
        return found;
    }

    /** The hosts that did not answer, and why. */
    Map<String, WireException> silent() {
        return silent;
    }

    /** The sides of the wire that a person names by id, by the beginning of an id, or by one of its endpoints. */
    List<Found> named(String name) {
        List<WireId> ids = found.stream()
                .filter(one -> matches(one, name))
                .map(one -> one.status().wire())
                .distinct()
                .toList();
        if (ids.size() > 1) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + name + "' names " + ids.size() + " wires: " + ids,
                    "write more of the id");
        }
        return found.stream().filter(one -> ids.contains(one.status().wire())).toList();
    }

    private static boolean matches(Found one, String name) {
        if (name.contains("@")) {
            EndpointRef ref = EndpointRef.parse(name);
            return one.host().equals(ref.host()) && one.status().endpoint().equals(ref.endpoint());
        }
        return one.status().wire().toString().startsWith(name);
    }

    private void ask(String host) {
        try (ConnectorClient connector = person.connector(host)) {
            connector.wires().forEach(status -> found.add(new Found(host, status)));
        } catch (WireException e) {
            silent.put(host, e);
        }
    }
}
