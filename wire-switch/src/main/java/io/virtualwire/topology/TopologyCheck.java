package io.virtualwire.topology;

import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what contradicts itself in a topology; all of it, so that a user mends a file in one go. */
final class TopologyCheck {
    private final Topology topology;
    private final List<String> faults = new ArrayList<>();

    TopologyCheck(Topology topology) {
        this.topology = topology;
    }

    void requireValid(String origin) {
        if (topology.version() != Topology.VERSION) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot read the topology " + origin + ": it is of version " + topology.version(),
                    "This release reads version " + Topology.VERSION);
        }
        topology.hosts().forEach(this::checkHost);
        topology.switches().forEach(this::checkSwitch);
        checkWires();
        topology.vms().forEach(this::checkVm);
        if (!faults.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "The topology " + origin + " contradicts itself: " + String.join("; ", faults),
                    "Mend the file and apply it again");
        }
    }

    private void checkHost(String name, HostSpec host) {
        checkName("host", name);
        if (host == null) {
            faults.add("host " + name + " has no api address");
            return;
        }
        checkAddress("api of host " + name, host.api());
        host.wire().forEach(path -> checkPath("wire of host " + name, path));
        checkUri("libvirt of host " + name, host.libvirt());
        checkUri("libvirt-peer of host " + name, host.libvirtPeer());
        String cloud = host.cloud();
        if (cloud != null) {
            checkName("cloud of host " + name, cloud);
        }
        checkInside(name, host);
        if (host.libvirt() == null && host.libvirtPeer() != null) {
            faults.add("host " + name + " has libvirt-peer, but no libvirt");
        }
    }

    private void checkInside(String name, HostSpec host) {
        String inside = host.inside();
        if ((inside == null) != (host.network() == null)) {
            faults.add(
                    "host " + name + " has " + (inside == null ? "network, but no inside" : "inside, but no network"));
        }
        if (inside != null && !isHost(inside)) {
            faults.add(
                    "inside of host " + name + " '" + inside + "' is not an address without a port, such as 10.0.0.4");
        }
        String network = host.network();
        if (network != null) {
            checkName("network of host " + name, network);
        }
    }

    private void checkSwitch(String name, SwitchSpec wanted) {
        checkName("switch", name);
        if (wanted == null) {
            faults.add("switch " + name + " has no node");
        } else {
            checkName("node of switch " + name, wanted.node());
            new SwitchCheck(name, wanted, plugged(name), faults).run();
        }
    }

    private Set<String> plugged(String component) {
        return topology.wires().stream()
                .filter(wire -> wire.component().equals(component))
                .map(WireSpec::port)
                .collect(Collectors.toSet());
    }

    private void checkWires() {
        Map<String, Integer> ports = new HashMap<>();
        Map<String, Integer> endpoints = new HashMap<>();
        for (int i = 0; i < topology.wires().size(); i++) {
            int number = i + 1;
            WireSpec wire = topology.wires().get(i);
            String what = "wire " + number + " (" + wire.name() + ")";
            checkName("port of " + what, wire.port());
            if (!topology.switches().containsKey(wire.component())) {
                faults.add(what + " is on switch '" + wire.component() + "', which is not among the switches");
            }
            String host = wire.endpoint().host();
            if (!host.isEmpty() && !topology.hosts().containsKey(host)) {
                faults.add(what + " goes to host '" + host + "', which is not among the hosts");
            }
            Integer samePort = ports.putIfAbsent(wire.name(), number);
            if (samePort != null) {
                faults.add(what + " uses the port of wire " + samePort);
            }
            Integer sameEndpoint = endpoints.putIfAbsent(wire.endpoint().toString(), number);
            if (sameEndpoint != null) {
                faults.add(what + " uses endpoint " + wire.endpoint() + " of wire " + sameEndpoint);
            }
        }
    }

    private void checkVm(String name, VmSpec wanted) {
        checkName("virtual machine", name);
        for (String place : wanted.places()) {
            if (!topology.hosts().containsKey(place)) {
                faults.add("virtual machine " + name + " may appear at '" + place + "', which is not among the hosts");
            }
        }
    }

    private void checkName(String what, String name) {
        try {
            new Identity("tenant", name);
        } catch (WireException e) {
            faults.add(what + " '" + name + "' is not a name (" + e.hint() + ")");
        }
    }

    private void checkUri(String what, @Nullable String uri) {
        if (uri != null && !uri.matches("[a-z][a-z0-9+.-]*:///?[^\\s]*")) {
            faults.add(what + " '" + uri + "' is not a URI of libvirt's, such as qemu+ssh://host/system");
        }
    }

    /** An address, or one of a relay that leads there. */
    private void checkPath(String what, @Nullable String path) {
        String given = path == null ? "" : path;
        int at = given.indexOf('@');
        if (at < 0) {
            checkAddress(what, given);
        } else if (!isIdentity(given.substring(0, at)) || !isAddress(given.substring(at + 1))) {
            faults.add(what + " '" + given + "' is not of the form tenant/relay@host:port");
        }
    }

    private static boolean isIdentity(String text) {
        try {
            Identity.parse(text);
            return true;
        } catch (WireException e) {
            return false;
        }
    }

    private static boolean isHost(String text) {
        try {
            return new HostAddress(text, HostAddress.DEFAULT_API_PORT).host().equals(text) && !text.startsWith("[");
        } catch (WireException e) {
            return false;
        }
    }

    private void checkAddress(String what, String address) {
        if (!isAddress(address)) {
            faults.add(what + " '" + address + "' is not of the form host:port");
        }
    }

    private static boolean isAddress(String text) {
        int colon = text.lastIndexOf(':');
        return colon > 0
                && text.substring(colon + 1).matches("\\d{1,5}")
                && Integer.parseInt(text.substring(colon + 1)) <= 65_535;
    }
}
