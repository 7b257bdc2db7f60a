package io.virtualwire.connector.kernel;

import io.virtualwire.client.HostAddress;
import io.virtualwire.control.Identity;
import io.virtualwire.kernel.KernelLeg;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideStatus;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is to be done for a side, by what the daemons have agreed. */
sealed interface Plan {
    /** Nothing: who would have to agree is not heard now, and what goes on is to go on. */
    record Keep() implements Plan {}

    /** Frames pass the process. */
    record ByProcess(String reason) implements Plan {}

    /**
     * The kernel carries frames, of these legs.
     *
     * @param vnis with which far ends may send, now or soon
     */
    record ByKernel(List<Wanted> legs, Set<Integer> vnis) implements Plan {}

    /** @param active whether frames go to it; else it is expected to take over */
    record Wanted(KernelLeg leg, boolean active) {}

    /** With whom is no member any more the process has no session, and the kernel does not go on either. */
    static Plan of(SideStatus side, Wires.Peers peers) {
        if (side.options().backend().isEmpty()) {
            return new ByProcess("");
        }
        List<PeerStatus> known = side.peers().stream()
                .filter(peer -> peer.state() == PeerState.ACTIVE || peer.state() == PeerState.EXPECTED)
                .toList();
        for (PeerStatus peer : known) {
            String why = peers.withdrawn().get(peer.identity());
            if (peer.state() == PeerState.ACTIVE && why != null) {
                return new ByProcess(why);
            }
        }
        List<PeerStatus> heard = known.stream()
                .filter(peer -> !peers.withdrawn().containsKey(peer.identity()))
                .toList();
        Optional<PeerStatus> active =
                heard.stream().filter(peer -> peer.state() == PeerState.ACTIVE).findFirst();
        Optional<PeerStatus> lead = active.or(
                () -> heard.stream().filter(peer -> peer.leg().agreed()).findFirst());
        if (lead.isEmpty() || !lead.get().leg().agreed()) {
            return new Keep();
        }
        PeerStatus first = lead.get();
        if (!first.leg().bypasses()) {
            return new ByProcess(
                    first.leg().vni() == 0
                            ? ""
                            : first.identity() + " does not ask for the kernel, may not have it, or cannot");
        }
        Map<Identity, InetAddress> places = ipv4(peers.addresses());
        if (!places.containsKey(first.identity())) {
            String address = peers.addresses().get(first.identity());
            return address == null
                    ? new Keep()
                    : new ByProcess(first.identity() + " is at " + address + ", and kernel wires need IPv4");
        }
        List<Wanted> legs = new ArrayList<>();
        for (PeerStatus peer : heard) {
            if (peer.leg().bypasses() && places.containsKey(peer.identity())) {
                KernelLeg leg = new KernelLeg(
                        peer.leg().vni(),
                        places.get(peer.identity()),
                        peer.leg().peerVni(),
                        peer.generation().number());
                legs.add(new Wanted(leg, peer.state() == PeerState.ACTIVE));
            }
        }
        return new ByKernel(legs, heard.stream().map(peer -> peer.leg().vni()).collect(Collectors.toSet()));
    }

    /** Where the kernel would find this peer; empty if that is not known, or not IPv4. */
    static Optional<InetAddress> place(Identity peer, Map<Identity, String> addresses) {
        return Optional.ofNullable(ipv4(addresses).get(peer));
    }

    private static Map<Identity, InetAddress> ipv4(Map<Identity, String> addresses) {
        Map<Identity, InetAddress> found = new HashMap<>();
        addresses.forEach((peer, text) -> {
            InetAddress address =
                    InetAddress.ofLiteral(HostAddress.parse(text, 1).host());
            if (address instanceof Inet4Address) {
                found.put(peer, address);
            }
        });
        return found;
    }
}
