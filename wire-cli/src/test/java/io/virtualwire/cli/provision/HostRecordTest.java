package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostState;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class HostRecordTest {
    @Test
    void anAddressInsideIsNotedIfItIsAnother() {
        HostRecord.Facts translated = HostRecord.Facts.NONE.of(host("198.51.100.1", "172.31.0.4", "vpc-1"));
        assertThat(translated.inside()).isEqualTo("172.31.0.4");
        assertThat(translated.network()).isEqualTo("vpc-1");
        assertThat(translated.withAddress("198.51.100.7").inside()).isEqualTo("172.31.0.4");
        HostRecord.Facts only = HostRecord.Facts.NONE.of(host("172.31.0.4", "172.31.0.4", "vpc-1"));
        assertThat(only.inside())
                .as("it would be left behind when the address changes")
                .isNull();
        assertThat(only.network()).isNull();
        assertThat(HostRecord.Facts.NONE.of(host("192.0.2.1", "10.0.0.1", null)).inside())
                .isNull();
    }

    private static CloudHost host(String address, String inside, String network) {
        return new CloudHost(
                "one",
                HostState.RUNNING,
                InetAddress.ofLiteral(address),
                InetAddress.ofLiteral(inside),
                network,
                1500,
                null,
                "i-1");
    }
}
