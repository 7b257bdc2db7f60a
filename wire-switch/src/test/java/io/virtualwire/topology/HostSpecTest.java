package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Identity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a host is for those who are in one network with it, and for all others. */
final class HostSpecTest {
    private static final HostSpec HOST = new HostSpec(
                    "198.51.100.1:7472",
                    List.of("198.51.100.1:7471", "198.51.100.12:7471", "acme/relay@198.51.100.1:7471"),
                    new Identity("acme", "rack"))
            .withLibvirt("qemu+ssh://admin@198.51.100.1:2222/system", "qemu+tls://198.51.100.1/system?pkipath=/p")
            .in("aws");

    @Test
    void whoIsInItsNetworkReachesAllOfItInside() {
        HostSpec within = HOST.within("vpc-1", "172.31.0.4");
        HostSpec seen = within.seenFrom("vpc-1");
        assertThat(seen.api()).isEqualTo("172.31.0.4:7472");
        assertThat(seen.wirePaths())
                .as("what is another address, or a relay's, stays")
                .containsExactly("172.31.0.4:7471", "198.51.100.12:7471", "acme/relay@198.51.100.1:7471");
        assertThat(seen.libvirt()).isEqualTo("qemu+ssh://admin@172.31.0.4:2222/system");
        assertThat(seen.libvirtPeer()).isEqualTo("qemu+tls://172.31.0.4/system?pkipath=/p");
        assertThat(seen.identity()).isEqualTo(HOST.identity());
        assertThat(seen.cloud()).isEqualTo("aws");
        assertThat(new HostSpec("198.51.100.1:7472", List.of(), null)
                        .within("vpc-1", "172.31.0.4")
                        .seenFrom("vpc-1")
                        .wirePaths())
                .containsExactly("172.31.0.4:7471");
    }

    @Test
    void forAllOthersItIsWhereItWas() {
        HostSpec within = HOST.within("vpc-1", "172.31.0.4");
        assertThat(within.seenFrom("vpc-2")).isEqualTo(within);
        assertThat(within.seenFrom(null)).isEqualTo(within);
        assertThat(HOST.seenFrom(null)).isEqualTo(HOST);
        assertThat(HOST.seenFrom("vpc-1")).isEqualTo(HOST);
    }

    @Test
    void addressesOfVersionSixAreInBrackets() {
        HostSpec host = new HostSpec("[2001:db8::1]:7472", List.of(), null)
                .withLibvirt("qemu+tls://[2001:db8::1]/system", null)
                .within("vpc-1", "fd00::4");
        assertThat(host.seenFrom("vpc-1").wirePaths()).containsExactly("[fd00::4]:7471");
        assertThat(host.seenFrom("vpc-1").libvirt()).isEqualTo("qemu+tls://[fd00::4]/system");
    }

    @Test
    void anAddressThatOnlyBeginsLikeItIsAnother() {
        AddressTranslation translation = new AddressTranslation("198.51.100.1", "172.31.0.4");
        assertThat(translation.address("198.51.100.11:7472")).isEqualTo("198.51.100.11:7472");
        assertThat(translation.uri("qemu+tls://198.51.100.11/system")).isEqualTo("qemu+tls://198.51.100.11/system");
        assertThat(translation.uri("qemu+tls://198.51.100.1.example/system"))
                .isEqualTo("qemu+tls://198.51.100.1.example/system");
    }
}
