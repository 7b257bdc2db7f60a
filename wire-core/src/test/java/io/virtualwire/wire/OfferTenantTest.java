package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which offers agree with which sides, where daemons serve several tenants: here, {@code cloud/here}. */
class OfferTenantTest {
    private final Bench bench = new Bench("cloud");

    /** Consent is a tenant's: both ends are the same one's, or each is its own daemon's. */
    @ParameterizedTest
    @CsvSource({
        // owner of the side here, its peer, on whose behalf that offers, whether they agree
        "'',    cloud/there, '',    true",
        "acme,  cloud/there, acme,  true",
        "acme,  cloud/there, rival, false",
        "acme,  cloud/there, '',    false",
        "'',    cloud/there, acme,  false",
        "acme,  acme/node,   '',    true",
        "acme,  rival/node,  '',    false",
        "acme,  rival/node,  acme,  true",
        "'',    other/there, '',    true",
        "'',    other/there, cloud, true",
        "'',    other/there, rival, false"
    })
    void consentIsATenants(String owner, String peer, String behalf, boolean agreed) {
        Identity far = Identity.parse(peer);
        bench.startSession(far, false);
        connect(owner, far);
        offer(far, behalf, 77);
        assertThat(side(owner).agreed()).isEqualTo(agreed);
        assertThat(bench.lastOffer(far).tenant()).isEqualTo(owner);
        assertThat(bench.lastOffer(far).wire()).isEqualTo(Bench.WIRE);
    }

    @Test
    void anOfferThatCameFirstIsFoundByItsTenantOnly() {
        Identity far = new Identity("cloud", "there");
        bench.startSession(far, false);
        offer(far, "rival", 77);
        connect("acme", far);
        assertThat(side("acme").agreed()).isFalse();
        connect("rival", far);
        assertThat(side("rival").agreed()).isTrue();
        assertThat(side("acme").agreed()).isFalse();
    }

    /** The same wire id, side and generations, the same daemons, twice: two wires that know nothing of each other. */
    @Test
    void twoTenantsMayHaveTheSameWireId() {
        Identity far = new Identity("cloud", "there");
        bench.startSession(far, false);
        connect("acme", far);
        connect("rival", far);
        offer(far, "acme", 1);
        assertThat(side("acme").agreed()).isTrue();
        assertThat(side("rival").agreed()).isFalse();
        offer(far, "rival", 2);
        assertThat(side("rival").agreed()).isTrue();
        bench.engine.told(bench.path(far), new PeerMessage.Withdraw(2));
        assertThat(side("acme").agreed()).isTrue();
        assertThat(side("rival").agreed()).isFalse();
        bench.engine.disconnect(Bench.WIRE.of("rival"), Side.A, Bench.generation(9));
        assertThat(side("acme").agreed()).isTrue();
        assertThat(bench.engine.side(Bench.WIRE.of("rival"), Side.A)).isEmpty();
    }

    private SideStatus side(String owner) {
        return bench.engine.side(Bench.WIRE.of(owner), Side.A).orElseThrow();
    }

    private void connect(String owner, Identity far) {
        bench.engine.connect(new ConnectRequest(
                Bench.WIRE.of(owner),
                Side.A,
                Bench.generation(1),
                owner + "/web",
                new PeerDescription(far, Bench.generation(1), List.of(), false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty()));
    }

    private void offer(Identity far, String behalf, long index) {
        bench.engine.told(
                bench.path(far),
                new PeerMessage.Offer(
                        Bench.WIRE,
                        Side.B,
                        Bench.generation(1),
                        Bench.generation(1),
                        index,
                        Role.ACTIVE,
                        false,
                        false,
                        behalf));
    }
}
