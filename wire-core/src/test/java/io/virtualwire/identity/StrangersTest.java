package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StrangersTest {
    private final List<String> displaced = new ArrayList<>();
    private final Strangers<String> strangers = new Strangers<>(8, displaced::add);

    @Test
    void whoOpensManyDisplacesItsOwn() {
        came("192.0.2.1", "honest");
        for (int i = 0; i < 100; i++) {
            came("203.0.113.9", "flood " + i);
        }
        assertThat(strangers.count()).isEqualTo(3);
        assertThat(displaced).hasSize(98).startsWith("flood 0", "flood 1").doesNotContain("honest");
        assertThat(strangers.left("honest")).isTrue();
    }

    @Test
    void fromWhereverTheyComeThereAreFewAndTheOldestOfTheMostGoes() {
        came("203.0.113.1", "a1");
        came("203.0.113.2", "b1");
        came("203.0.113.2", "b2");
        for (int i = 3; i < 8; i++) {
            came("203.0.113." + i, "x" + i);
        }
        assertThat(displaced).isEmpty();
        came("192.0.2.1", "honest");
        assertThat(displaced).containsExactly("b1");
        came("192.0.2.2", "another");
        assertThat(displaced).as("all have one now").containsExactly("b1", "a1");
        assertThat(strangers.count()).isEqualTo(8);
    }

    @Test
    void whoHasProvedItselfIsNotAmongThem() {
        came("192.0.2.1", "proved");
        assertThat(strangers.left("proved")).isTrue();
        assertThat(strangers.left("proved")).isFalse();
        came("192.0.2.1", "first");
        came("192.0.2.1", "second");
        came("192.0.2.1", "third");
        assertThat(displaced).containsExactly("first");
        assertThat(strangers.left("first")).as("it was told to go").isFalse();
        strangers.left("second");
        strangers.left("third");
        assertThat(strangers.count()).isZero();
    }

    @Test
    void oneMachineMayHaveManyIpv6Addresses() {
        for (int i = 1; i < 10; i++) {
            came("2001:db8:0:1::" + i, "six " + i);
        }
        came("2001:db8:0:2::1", "another network");
        assertThat(strangers.count()).isEqualTo(3);
    }

    private void came(String from, String connection) {
        try {
            strangers.came(InetAddress.getByName(from), connection);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
