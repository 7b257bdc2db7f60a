package io.virtualwire.control;

import io.virtualwire.client.HostAddress;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people and programs write as names, numbers and addresses: understood, or refused with a reason. */
class NamesFuzzTest {
    enum Kind {
        IDENTITY(Identity::parse, "acme/host-a", "a.b_c/x9"),
        WIRE(WireId::parse, "6f1d3c1e-5d0a-4b52-9c53-0b2f1c3d4e5f"),
        GENERATION(Generation::parse, "1", "7:west", "4294967295:me:too"),
        SIDE(Side::parse, "a", "B"),
        ROLE(Role::parse, "active", "STANDBY"),
        MAC(MacAddress::parse, "02:00:5e:10:00:01", "02-00-5e-10-00-01"),
        HOST(
                text -> URI.create("https://" + HostAddress.parse(text, 7472) + "/v1"),
                "host-b",
                "192.0.2.1:7472",
                "[2001:db8::1]:7472");

        private final Consumer<String> parser;
        private final List<String> good;

        Kind(Consumer<String> parser, String... good) {
            this.parser = parser;
            this.good = List.of(good);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void areUnderstoodOrRefused(Kind kind) {
        Fuzz.of("names: " + kind.name().toLowerCase(Locale.ROOT))
                .refusing(WireException.class)
                .stillWorks(() -> kind.good.forEach(kind.parser::accept))
                .run(
                        20_000,
                        new SpoiledText(kind.good, 10_000),
                        input -> kind.parser.accept(new String(input, StandardCharsets.UTF_8)));
    }
}
