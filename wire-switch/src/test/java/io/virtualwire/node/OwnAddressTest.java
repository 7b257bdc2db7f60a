package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.topology.HostSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A node of a host in a cloud that translates addresses, and what is on the same host. */
final class OwnAddressTest {
    private final OwnAddress self = new OwnAddress("172.31.0.4", Optional.of("198.51.100.1"), Optional.of("vpc-1"));

    @Test
    void whatOthersReachAtTheOuterAddressIsHereAtTheInnerOne() {
        assertThat(self.near("198.51.100.1:7472")).isEqualTo("172.31.0.4:7472");
        HostSpec own = self.near(host("198.51.100.1", null, null));
        assertThat(own.libvirt()).isEqualTo("qemu+tls://172.31.0.4/system?pkipath=/p");
        assertThat(own.wirePaths()).containsExactly("172.31.0.4:7471");
    }

    @Test
    void hostsOfTheSameNetworkAreAtTheirInnerAddresses() {
        HostSpec beside = self.near(host("198.51.100.11", "vpc-1", "172.31.0.5"));
        assertThat(beside.api()).isEqualTo("172.31.0.5:7472");
        assertThat(beside.wirePaths()).containsExactly("172.31.0.5:7471");
        assertThat(beside.libvirt()).isEqualTo("qemu+tls://172.31.0.5/system?pkipath=/p");
        HostSpec elsewhere = host("198.51.100.11", "vpc-2", "172.31.0.5");
        assertThat(self.near(elsewhere)).isEqualTo(elsewhere);
        assertThat(OwnAddress.untranslated("192.0.2.2").near(elsewhere)).isEqualTo(elsewhere);
    }

    private static HostSpec host(String address, String network, String inside) {
        return new HostSpec(address + ":7472", List.of(), null)
                .withLibvirt("qemu+tls://" + address + "/system?pkipath=/p", null)
                .within(network, inside);
    }

    @Test
    void whatIsElsewhereStaysThere() {
        assertThat(self.near("198.51.100.11:7472")).isEqualTo("198.51.100.11:7472");
        ConnectRequest far = request(List.of("198.51.100.11:7471"));
        assertThat(self.near(far)).isSameAs(far);
        assertThat(OwnAddress.untranslated("192.0.2.2").near("198.51.100.1:7472"))
                .isEqualTo("198.51.100.1:7472");
    }

    @Test
    void aWireToTheSameHostTriesTheInnerAddressFirst() {
        ConnectRequest near = self.near(request(List.of("198.51.100.1:7471", "198.51.100.1:443")));
        assertThat(near.peer().paths())
                .containsExactly("172.31.0.4:7471", "172.31.0.4:443", "198.51.100.1:7471", "198.51.100.1:443");
        assertThat(near.generation()).isEqualTo(new Generation(3, "n"));
    }

    private static ConnectRequest request(List<String> paths) {
        return new ConnectRequest(
                WireId.parse("00000000-0000-0000-0000-000000000001"),
                Side.A,
                new Generation(3, "n"),
                "lan.web",
                new PeerDescription(new Identity("acme", "ec2-1"), new Generation(1, "n"), paths, false),
                new ConnectOptions(Role.ACTIVE, false),
                Optional.empty(),
                Optional.empty());
    }
}
