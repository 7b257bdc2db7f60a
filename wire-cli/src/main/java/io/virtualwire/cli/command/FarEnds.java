package io.virtualwire.cli.command;

import io.virtualwire.cli.provision.AddressChange;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The other hosts, which are told where one is now that has another address: each of their wires to it, or through it as a relay, is
 * connected again as it is, with other paths. One that dials from its new address is followed without that.
 */
final class FarEnds {
    private final Person person;

    FarEnds(Person person) {
        this.person = person;
    }

    /**
     * What came of it.
     *
     * @param wires how many sides were told
     * @param silent hosts that could not be told all, and why
     */
    record Told(int wires, Map<String, WireException> silent) {}

    Told tell(AddressChange change) {
        Identity moved = new Identity(
                person.credentials().identity().tenant(), change.host().name());
        Map<String, WireException> silent = new TreeMap<>();
        int wires = 0;
        for (String host : person.hosts().all().keySet()) {
            if (host.equals(change.host().name())) {
                continue;
            }
            try (ConnectorClient connector = person.connector(host)) {
                for (WireStatus side : connector.wires()) {
                    Optional<ConnectRequest> again = again(side, moved, change);
                    again.ifPresent(connector::connect);
                    wires += again.isPresent() ? 1 : 0;
                }
            } catch (WireException e) {
                silent.put(host, e);
            }
        }
        return new Told(wires, silent);
    }

    /** The same side with other paths; empty if it has nothing to do with that host, or is being moved: whoever moves it names paths. */
    static Optional<ConnectRequest> again(WireStatus side, Identity moved, AddressChange change) {
        if (!side.state().equals("active") || side.peers().size() != 1) {
            return Optional.empty();
        }
        WireStatus.Peer peer = side.peers().getFirst();
        List<String> paths = paths(peer, moved, change);
        if (paths.equals(peer.paths())) {
            return Optional.empty();
        }
        return Optional.of(new ConnectRequest(
                side.wire(),
                side.side(),
                side.generation(),
                side.endpoint(),
                new PeerDescription(peer.identity(), peer.generation(), paths, false),
                new ConnectOptions(Role.ACTIVE, side.plain(), side.backend().map(it -> Backend.parse(it.asked()))),
                Optional.empty(),
                Optional.empty()));
    }

    private static List<String> paths(WireStatus.Peer peer, Identity moved, AddressChange change) {
        LinkedHashSet<String> paths = new LinkedHashSet<>();
        List<String> there = new ArrayList<>();
        for (String path : peer.paths()) {
            int at = path.indexOf('@');
            String owner = at < 0 ? peer.identity().toString() : path.substring(0, at);
            if (owner.equals(moved.toString())) {
                String replaced = path.substring(0, at + 1) + replaced(path.substring(at + 1), change);
                paths.add(replaced);
                there.add(replaced);
            } else {
                paths.add(path);
            }
        }
        String now = bracketed(change.to()) + ":";
        if (there.isEmpty()
                || there.stream()
                        .anyMatch(path -> path.substring(path.indexOf('@') + 1).startsWith(now))) {
            return List.copyOf(paths);
        }
        // It was elsewhere still in between, when this host could not be told.
        List<String> more = new ArrayList<>();
        String first = there.getFirst();
        more.add(first.substring(0, first.indexOf('@') + 1) + now + first.substring(first.lastIndexOf(':') + 1));
        more.addAll(paths);
        return more;
    }

    /** The same host in the fabric, with everything that named its old address naming the new one. */
    static HostSpec at(HostSpec known, AddressChange change) {
        return new HostSpec(
                replaced(known.api(), change),
                known.wire().stream().map(path -> replaced(path, change)).toList(),
                known.identity(),
                replacedIfThere(known.libvirt(), change),
                replacedIfThere(known.libvirtPeer(), change),
                known.cloud(),
                known.inside(),
                known.network());
    }

    private static @Nullable String replacedIfThere(@Nullable String text, AddressChange change) {
        return text == null ? null : replaced(text, change);
    }

    /* The address, and not a longer one that has it in it. */
    private static String replaced(String text, AddressChange change) {
        return Pattern.compile("(?<![0-9a-fA-F.:])\\[?" + Pattern.quote(change.from()) + "\\]?(?![0-9a-fA-F.])")
                .matcher(text)
                .replaceAll(Matcher.quoteReplacement(bracketed(change.to())));
    }

    private static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }
}
