package io.virtualwire.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnderlayAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "255.255.255.255", "0.0.0.0", "2001:db8::1", "fe80::1", "::", "ff02::fffe"})
    void bothFormsNameTheSame(String host) {
        InetSocketAddress socketAddress = new InetSocketAddress(host, 7471);
        UnderlayAddress address = UnderlayAddress.of(socketAddress);

        assertThat(address.toSocketAddress()).isEqualTo(socketAddress);
        assertThat(address.port()).isEqualTo(7471);
        assertThat(address.isIpv4()).isEqualTo(host.contains("."));
        assertThat(address.isWildcard()).isEqualTo(socketAddress.getAddress().isAnyLocalAddress());
    }

    @Test
    void textHasAddressAndPort() {
        assertThat(UnderlayAddress.ipv4(0xc000_02ff, 80)).hasToString("192.0.2.255:80");
        assertThat(UnderlayAddress.of(new InetSocketAddress("2001:db8::1", 80)))
                .hasToString("[2001:db8:0:0:0:0:0:1]:80");
    }

    @Test
    void aNameIsNotAnAddress() {
        assertThatThrownBy(() -> UnderlayAddress.of(InetSocketAddress.createUnresolved("east.example", 1)))
                .isInstanceOf(WireException.class);
    }
}
