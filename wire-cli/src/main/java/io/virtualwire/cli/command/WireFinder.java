package io.virtualwire.cli.command;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks all hosts that a person knows about their wires; a host that does not answer is noted, not fatal, and one that is
 * known under several names counts once.
 */
final class WireFinder {
    /** One side of a wire, and the host on which it was found. */
    record Found(String host, WireStatus status) {}

    private static final int FEWEST_OF_AN_ID = 4;

    private record Answer(Identity connector, List<WireStatus> wires) {}

    private final List<Found> found = new ArrayList<>();
    private final Map<String, WireException> silent = new LinkedHashMap<>();
    private final Map<String, String> otherNames = new HashMap<>();

    /** @param extra a host that is asked although it is not noted; empty for none */
    WireFinder(Person person, String extra) {
        Set<String> hosts = new TreeSet<>(person.hosts().all().keySet());
        if (!extra.isEmpty()) {
            hosts.add(extra);
        }
        if (hosts.isEmpty()) {
            hosts.add("localhost");
        }
        Map<Identity, String> firstNames = new HashMap<>();
        for (HostPoll.Reply<Answer> reply : new HostPoll(person).ask(hosts, WireFinder::ask)) {
            reply.answer().ifPresent(answer -> {
                String first = firstNames.putIfAbsent(answer.connector(), reply.host());
                if (first == null) {
                    answer.wires().forEach(status -> found.add(new Found(reply.host(), status)));
                } else {
                    otherNames.put(reply.host(), first);
                }
            });
            reply.refusal().ifPresent(why -> silent.put(reply.host(), why));
        }
        if (silent.size() == hosts.size()) {
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
        if (!name.contains("@") && name.strip().length() < FEWEST_OF_AN_ID) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + name + "' is too short to name a wire",
                    "write ENDPOINT@HOST, or at least " + FEWEST_OF_AN_ID + " characters of its id");
        }
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

    private boolean matches(Found one, String name) {
        if (name.contains("@")) {
            EndpointRef ref = EndpointRef.parse(name);
            return one.host().equals(otherNames.getOrDefault(ref.host(), ref.host()))
                    && one.status().endpoint().equals(ref.endpoint());
        }
        return one.status().wire().toString().startsWith(name.toLowerCase(Locale.ROOT));
    }

    private static Answer ask(ConnectorClient connector) {
        List<WireStatus> wires = connector.wires();
        return new Answer(connector.server().orElseThrow(), wires);
    }
}
