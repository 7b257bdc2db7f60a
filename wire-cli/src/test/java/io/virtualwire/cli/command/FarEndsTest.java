package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cli.provision.AddressChange;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.topology.HostSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which wires of a host are connected again when another one's address has changed, and with what. */
class FarEndsTest {
    private static final Identity MOVED = new Identity("acme", "aws-1");
    private static final Identity OTHER = new Identity("acme", "aws-2");
    private static final AddressChange CHANGE = new AddressChange(
            HostRecord.begun("aws-1", "aws", new HostRecord.Wanted(null, null, false, false)),
            "198.51.100.1",
            "198.51.100.7");

    @Test
    void aWireToItGoesToTheNewAddressAndIsTheSameOtherwise() {
        WireStatus side = side("active", MOVED, "198.51.100.1:7471", "172.31.0.4:7471", "198.51.100.1:443");
        ConnectRequest again = FarEnds.again(side, MOVED, CHANGE).orElseThrow();
        assertThat(again.peer().paths()).containsExactly("198.51.100.7:7471", "172.31.0.4:7471", "198.51.100.7:443");
        assertThat(again.peer().identity()).isEqualTo(MOVED);
        assertThat(again.peer().generation()).isEqualTo(side.peers().getFirst().generation());
        assertThat(again.generation()).isEqualTo(side.generation());
        assertThat(again.endpoint()).isEqualTo("web");
        assertThat(again.options().plain()).isTrue();
        assertThat(again.options().asked()).isEqualTo(Backend.AUTO);
    }

    @Test
    void whoLedThroughItIsTold() {
        WireStatus side = side("active", OTHER, "198.51.100.12:7471", "acme/aws-1@198.51.100.1:7471");
        assertThat(FarEnds.again(side, MOVED, CHANGE).orElseThrow().peer().paths())
                .containsExactly("198.51.100.12:7471", "acme/aws-1@198.51.100.7:7471");
    }

    @Test
    void whoMissedAnAddressInBetweenIsToldTheLatest() {
        WireStatus side = side("active", MOVED, "203.0.113.3:7471");
        assertThat(FarEnds.again(side, MOVED, CHANGE).orElseThrow().peer().paths())
                .containsExactly("198.51.100.7:7471", "203.0.113.3:7471");
    }

    @Test
    void whatHasNothingToDoWithItOrKnowsOrIsBeingMovedIsLeftAlone() {
        for (WireStatus side : List.of(
                // An address that somebody else has now.
                side("active", OTHER, "198.51.100.1:7471"),
                side("active", MOVED, "198.51.100.7:7471"),
                side("active", MOVED),
                side("standby", MOVED, "198.51.100.1:7471"),
                side("yielded", MOVED, "198.51.100.1:7471"))) {
            assertThat(FarEnds.again(side, MOVED, CHANGE)).isEmpty();
        }
    }

    @Test
    void theFabricHasTheNewAddressWhereverItHadTheOldOne() {
        HostSpec known = new HostSpec(
                        "198.51.100.1:7472", List.of("198.51.100.1:7471", "acme/relay@198.51.100.12:7471"), MOVED)
                .withLibvirt("qemu+ssh://root@198.51.100.1/system", null)
                .in("aws")
                .within("vpc-1", "172.31.0.4");
        HostSpec now = FarEnds.at(known, CHANGE);
        assertThat(now)
                .isEqualTo(new HostSpec(
                                "198.51.100.7:7472",
                                List.of("198.51.100.7:7471", "acme/relay@198.51.100.12:7471"),
                                MOVED)
                        .withLibvirt("qemu+ssh://root@198.51.100.7/system", null)
                        .in("aws")
                        .within("vpc-1", "172.31.0.4"));
    }

    @Test
    void addressesOfSixAreInBrackets() {
        AddressChange six = new AddressChange(CHANGE.host(), "2001:db8::1", "2001:db8::7");
        assertThat(FarEnds.again(side("active", MOVED, "[2001:db8::1]:7471", "[2001:db8::11]:7471"), MOVED, six)
                        .orElseThrow()
                        .peer()
                        .paths())
                .containsExactly("[2001:db8::7]:7471", "[2001:db8::11]:7471");
    }

    private static WireStatus side(String state, Identity peer, String... paths) {
        return new WireStatus(
                WireId.named("one"),
                Side.B,
                new Generation(3, ""),
                "web",
                state,
                true,
                Optional.of(new WireStatus.Backing("auto", "user", "")),
                Optional.empty(),
                List.of(new WireStatus.Peer(
                        peer, new Generation(2, ""), "active", List.of(paths), true, true, true, 1400, 0, 0, 0)),
                Map.of(),
                Map.of());
    }
}
