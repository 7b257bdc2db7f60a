package io.virtualwire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointDescriptionTest {

    @Test
    void aLongNameIsCutToADeviceNameThatStaysItsOwn() {
        assertThat(EndpointDescription.deviceFor("web")).isEqualTo("web");
        String one = EndpointDescription.deviceFor("a-rather-long-name-of-one");
        String two = EndpointDescription.deviceFor("a-rather-long-name-of-two");
        assertThat(one).hasSizeLessThanOrEqualTo(15).isNotEqualTo(two);
        assertThat(EndpointDescription.named("a-rather-long-name-of-one").device())
                .isEqualTo(one);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Web", "-web", "web/db", "we b", "../etc"})
    void oddNamesAreRefused(String name) {
        assertThatThrownBy(() -> EndpointDescription.named(name))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("name '" + name + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "tap0,,67,",
        "tap0,,65522,",
        "a-device-name-too-long,,1500,",
        "..,,1500,",
        "tap0,a/b,1500,",
        "tap0,,1500,01:00:00:00:00:01",
        "tap0,,1500,02-00"
    })
    void oddValuesAreRefused(String device, String namespace, int mtu, String mac) {
        assertThatThrownBy(() -> new EndpointDescription(
                        "web", device, Optional.ofNullable(namespace), false, mtu, Optional.ofNullable(mac)))
                .isInstanceOf(WireException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "hostb, hostb, 7472",
        "hostb:9, hostb, 9",
        "192.0.2.1:9, 192.0.2.1, 9",
        "2001:db8::1, 2001:db8::1, 7472",
        "[2001:db8::1]:9, 2001:db8::1, 9",
        "[2001:db8::1], 2001:db8::1, 7472"
    })
    void addressesAreRead(String text, String host, int port) {
        assertThat(HostAddress.parse(text, HostAddress.DEFAULT_API_PORT)).isEqualTo(new HostAddress(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host:", "host:x", "host:0", "host:70000", "[::1", "a/b"})
    void oddAddressesAreRefused(String text) {
        assertThatThrownBy(() -> HostAddress.parse(text, 1)).isInstanceOf(WireException.class);
    }
}
