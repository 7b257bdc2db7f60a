package io.virtualwire.connector.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.kernel.KernelLeg;
import io.virtualwire.wire.HoldStatistics;
import io.virtualwire.wire.LegStatus;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Identity EAST = new Identity("acme", "east");
    private static final Identity WEST = new Identity("acme", "west");
    private static final Map<Identity, String> PLACES = Map.of(EAST, "192.0.2.1:7471", WEST, "192.0.2.2:7471");

    @Test
    void theKernelCarriesWhatBothEndsSaidAVniFor() {
        assertThat(plan(peer(EAST, 1, PeerState.ACTIVE, 7, 8)))
                .isEqualTo(byKernel(Set.of(7), new Plan.Wanted(leg("192.0.2.1", 7, 8, 1), true)));
    }

    @Test
    void theProcessCarriesWhatOneEndDoesNotAskFor() {
        assertThat(plan(peer(EAST, 1, PeerState.ACTIVE, 7, 0)))
                .isInstanceOfSatisfying(
                        Plan.ByProcess.class, it -> assertThat(it.reason()).contains("acme/east"));
        assertThat(plan(peer(EAST, 1, PeerState.ACTIVE, 0, 8))).isInstanceOf(Plan.ByProcess.class);
    }

    @Test
    void aFarEndThatIsNotHeardChangesNothing() {
        assertThat(plan()).isEqualTo(new Plan.Keep());
        assertThat(plan(silent(EAST, 1, PeerState.ACTIVE))).isEqualTo(new Plan.Keep());
        assertThat(plan(silent(EAST, 1, PeerState.ACTIVE), peer(WEST, 2, PeerState.EXPECTED, 9, 10)))
                .isEqualTo(new Plan.Keep());
    }

    @Test
    void aSuccessorIsExpectedBesideTheOneThatSends() {
        assertThat(plan(peer(EAST, 1, PeerState.ACTIVE, 7, 8), peer(WEST, 2, PeerState.EXPECTED, 9, 10)))
                .isEqualTo(byKernel(
                        Set.of(7, 9),
                        new Plan.Wanted(leg("192.0.2.1", 7, 8, 1), true),
                        new Plan.Wanted(leg("192.0.2.2", 9, 10, 2), false)));
        assertThat(plan(peer(EAST, 1, PeerState.CLOSED, 7, 8), peer(WEST, 2, PeerState.ACTIVE, 9, 10)))
                .isEqualTo(byKernel(Set.of(9), new Plan.Wanted(leg("192.0.2.2", 9, 10, 2), true)));
    }

    /** A frame that the kernel sends to it would find nobody, so it is followed when the stack flips. */
    @Test
    void aSuccessorWithoutKernelIsNoLeg() {
        assertThat(plan(peer(EAST, 1, PeerState.ACTIVE, 7, 8), peer(WEST, 2, PeerState.EXPECTED, 9, 0)))
                .isEqualTo(byKernel(Set.of(7, 9), new Plan.Wanted(leg("192.0.2.1", 7, 8, 1), true)));
        assertThat(plan(peer(EAST, 1, PeerState.CLOSING, 7, 8), peer(WEST, 2, PeerState.ACTIVE, 9, 0)))
                .isInstanceOf(Plan.ByProcess.class);
    }

    @Test
    void anIpv6UnderlayIsForTheProcess() {
        SideStatus side = side(Optional.of(Backend.AUTO), peer(EAST, 1, PeerState.ACTIVE, 7, 8));
        assertThat(Plan.of(side, peers(Map.of(EAST, "[2001:db8::1]:7471"), Map.of())))
                .isInstanceOfSatisfying(
                        Plan.ByProcess.class, it -> assertThat(it.reason()).contains("IPv4"));
        assertThat(Plan.of(side, peers(Map.of(), Map.of()))).isEqualTo(new Plan.Keep());
    }

    @Test
    void whoDoesNotAskIsNotCarried() {
        assertThat(Plan.of(side(Optional.empty(), peer(EAST, 1, PeerState.ACTIVE, 0, 8)), peers(PLACES, Map.of())))
                .isEqualTo(new Plan.ByProcess(""));
    }

    @Test
    void whoIsNoMemberAnyMoreIsNotHeard() {
        SideStatus side = side(
                Optional.of(Backend.KERNEL),
                peer(EAST, 1, PeerState.ACTIVE, 7, 8),
                peer(WEST, 2, PeerState.EXPECTED, 9, 10));
        assertThat(Plan.of(side, peers(PLACES, Map.of(EAST, "revoked")))).isEqualTo(new Plan.ByProcess("revoked"));
        assertThat(Plan.of(side, peers(PLACES, Map.of(WEST, "revoked"))))
                .isEqualTo(byKernel(Set.of(7), new Plan.Wanted(leg("192.0.2.1", 7, 8, 1), true)));
    }

    private static Wires.Peers peers(Map<Identity, String> addresses, Map<Identity, String> withdrawn) {
        return new Wires.Peers(addresses, withdrawn);
    }

    private static Plan byKernel(Set<Integer> vnis, Plan.Wanted... legs) {
        return new Plan.ByKernel(List.of(legs), vnis);
    }

    private static Plan plan(PeerStatus... peers) {
        return Plan.of(side(Optional.of(Backend.AUTO), peers), peers(PLACES, Map.of()));
    }

    private static KernelLeg leg(String address, int receive, int send, long generation) {
        return new KernelLeg(receive, InetAddress.ofLiteral(address), send, generation);
    }

    private static PeerStatus peer(Identity identity, long generation, PeerState state, int vni, int peerVni) {
        return peer(identity, generation, state, new LegStatus(true, true, false, 1_400, vni, peerVni));
    }

    private static PeerStatus silent(Identity identity, long generation, PeerState state) {
        return peer(identity, generation, state, new LegStatus(false, false, false, 0, 7, 0));
    }

    private static PeerStatus peer(Identity identity, long generation, PeerState state, LegStatus leg) {
        return new PeerStatus(identity, new Generation(generation, ""), state, List.of(), leg, 0, 0, 0);
    }

    private static SideStatus side(Optional<Backend> backend, PeerStatus... peers) {
        return new SideStatus(
                WireId.named("w"),
                Side.A,
                new Generation(1, ""),
                "acme/web",
                true,
                new ConnectOptions(Role.ACTIVE, false, backend),
                SideState.ACTIVE,
                false,
                Optional.empty(),
                List.of(peers),
                List.of(),
                0,
                new SideCounters(0, 0, 0, 0, 0, 0, 0, 0),
                new HoldStatistics(0, 0, 0, 0, 0),
                Map.of());
    }
}
