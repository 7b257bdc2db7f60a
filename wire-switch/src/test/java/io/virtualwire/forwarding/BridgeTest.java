package io.virtualwire.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.frame.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeTest {
    private static final long WEB = 0x02_00_00_00_00_01L;
    private static final long DB = 0x02_00_00_00_00_02L;
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long SECOND = 1_000_000_000L;

    private final Bridge bridge = new Bridge();
    private int web;
    private int db;

    @BeforeEach
    void ports() {
        web = bridge.addPort("web");
        db = bridge.addPort("db");
        bridge.addPort("app");
    }

    @Test
    void floodsWhatItDoesNotKnowAndForwardsWhatItHasSeen() {
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
        assertThat(bridge.decide(WEB, DB, 0, db, 60, 0)).isEqualTo(new ForwardingDecision.Forward(web));
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(new ForwardingDecision.Forward(db));
    }

    @Test
    void floodsGroups() {
        assertThat(bridge.decide(BROADCAST, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.GROUP_DESTINATION));
        assertThat(bridge.decide(0x0100_5e00_0001L, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.GROUP_DESTINATION));
    }

    @Test
    void answersTheSameObjectForTheSameDecision() {
        bridge.decide(WEB, DB, 0, db, 60, 0);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isSameAs(bridge.decide(DB, WEB, 0, web, 60, 1));
    }

    @Test
    void keepsVlansApart() {
        bridge.decide(BROADCAST, DB, 7, db, 60, 0);
        assertThat(bridge.decide(DB, WEB, 7, web, 60, 0)).isEqualTo(new ForwardingDecision.Forward(db));
        assertThat(bridge.decide(DB, WEB, 8, web, 60, 0)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
    }

    @Test
    void doesNotSendAFrameBack() {
        bridge.decide(BROADCAST, DB, 0, web, 60, 0);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(drop(FilterReason.SAME_PORT));
    }

    @Test
    void neverLearnsGroupsOrTheNullAddress() {
        assertThat(bridge.decide(WEB, BROADCAST, 0, db, 60, 0)).isEqualTo(drop(FilterReason.BAD_SOURCE));
        assertThat(bridge.decide(WEB, 0x0100_5e00_0001L, 0, db, 60, 0)).isEqualTo(drop(FilterReason.BAD_SOURCE));
        assertThat(bridge.decide(WEB, 0, 0, db, 60, 0)).isEqualTo(drop(FilterReason.BAD_SOURCE));
        assertThat(bridge.addresses()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0180_c200_0000L, 0x0180_c200_0003L, 0x0180_c200_000eL, 0x0180_c200_000fL})
    void keepsReservedAddressesOnTheirLink(long reserved) {
        assertThat(bridge.decide(reserved, WEB, 0, web, 60, 0)).isEqualTo(drop(FilterReason.RESERVED_DESTINATION));
    }

    @Test
    void forwardsTheGroupAddressesBesideTheReserved() {
        assertThat(bridge.decide(0x0180_c200_0010L, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.GROUP_DESTINATION));
    }

    @Test
    void forgetsAfterTheAgeingTime() {
        bridge.decide(BROADCAST, DB, 0, db, 60, 0);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 299 * SECOND)).isEqualTo(new ForwardingDecision.Forward(db));
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 300 * SECOND)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
        bridge.age(300 * SECOND);
        assertThat(bridge.snapshot(300 * SECOND)).extracting(FdbEntry::mac).containsExactly(WEB);
    }

    @Test
    void staysYoungWhileItIsSeen() {
        bridge.decide(BROADCAST, DB, 0, db, 60, 0);
        bridge.decide(BROADCAST, DB, 0, db, 60, 200 * SECOND);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 400 * SECOND)).isEqualTo(new ForwardingDecision.Forward(db));
    }

    @Test
    void countsMovesAndNumbersThem() {
        bridge.decide(BROADCAST, DB, 0, db, 60, 0);
        bridge.decide(BROADCAST, DB, 0, web, 60, 1);
        assertThat(bridge.moves()).isOne();
        assertThat(bridge.snapshot(1)).containsExactly(new FdbEntry(DB, 0, "web", 0, 1));
    }

    @Test
    void anOlderClaimNeverWins() {
        bridge.decide(BROADCAST, DB, 0, db, 60, 0);
        bridge.decide(BROADCAST, DB, 0, web, 60, 0);
        bridge.restore(List.of(new FdbEntry(DB, 0, "db", 0, 0)), 0);
        assertThat(bridge.snapshot(0)).containsExactly(new FdbEntry(DB, 0, "web", 0, 1));
        bridge.restore(List.of(new FdbEntry(DB, 0, "db", 5, 2)), SECOND);
        assertThat(bridge.snapshot(SECOND)).containsExactly(new FdbEntry(DB, 0, "db", 5, 2));
    }

    @Test
    void countsWhatItCannotLearn() {
        Bridge small = new Bridge(new ForwardingDatabase(1, Duration.ofSeconds(300)));
        int port = small.addPort("web");
        small.decide(BROADCAST, WEB, 0, port, 60, 0);
        small.decide(BROADCAST, DB, 0, port, 60, 0);
        assertThat(small.unlearned()).isOne();
        assertThat(small.addresses()).isOne();
    }

    @Test
    void makesRoomWhenAnEntryIsTooOld() {
        Bridge small = new Bridge(new ForwardingDatabase(1, Duration.ofSeconds(300)));
        int port = small.addPort("web");
        small.decide(BROADCAST, WEB, 0, port, 60, 0);
        small.decide(BROADCAST, DB, 0, port, 60, 301 * SECOND);
        assertThat(small.snapshot(301 * SECOND)).extracting(FdbEntry::mac).containsExactly(DB);
    }

    @Test
    void forgetsAPortWithItsAddresses() {
        bridge.decide(BROADCAST, DB, 0, db, 60, 0);
        bridge.removePort(db);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
        assertThat(bridge.decide(DB, WEB, 0, db, 60, 0)).isEqualTo(drop(FilterReason.UNKNOWN_PORT));
    }

    @Test
    void namesPortsTheSameAfterAMove() {
        bridge.decide(BROADCAST, DB, 3, db, 60, 0);
        bridge.decide(BROADCAST, WEB, 0, web, 60, SECOND);
        List<FdbEntry> state = bridge.snapshot(2 * SECOND);
        Bridge elsewhere = new Bridge();
        elsewhere.addPort("db");
        elsewhere.addPort("web");
        elsewhere.restore(state, 900 * SECOND);
        assertThat(elsewhere.snapshot(900 * SECOND)).isEqualTo(state);
    }

    @Test
    void givesPortNumbersBackAndGrows() {
        bridge.removePort(web);
        assertThat(bridge.addPort("x")).isEqualTo(web);
        assertThat(bridge.addPort("x")).isEqualTo(web);
        for (int i = 0; i < 40; i++) {
            assertThat(bridge.portOf("p" + i)).isEqualTo(-1);
            bridge.addPort("p" + i);
        }
        assertThat(bridge.portLimit()).isEqualTo(43);
    }

    @Test
    void aStaticEntryStaysWhereItWasPut() {
        bridge.configure(new BridgeSettings(Map.of(), List.of(new StaticEntry(new MacAddress(DB), 0, "db"))));
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(new ForwardingDecision.Forward(db));
        assertThat(bridge.decide(BROADCAST, DB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.GROUP_DESTINATION));
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 400 * SECOND)).isEqualTo(new ForwardingDecision.Forward(db));
        assertThat(bridge.moves()).isZero();
        assertThat(bridge.misplacedSources(web)).isOne();
        assertThat(bridge.misplacedSources(db)).isZero();
        assertThat(bridge.snapshot(400 * SECOND))
                .as("is not handed over: it comes from the settings")
                .extracting(FdbEntry::mac)
                .containsExactly(WEB);
    }

    @Test
    void aStaticEntryComesWithItsPort() {
        bridge.configure(new BridgeSettings(Map.of(), List.of(new StaticEntry(new MacAddress(DB), 0, "later"))));
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
        int later = bridge.addPort("later");
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(new ForwardingDecision.Forward(later));
        bridge.removePort(later);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(flood(FloodCause.UNKNOWN_DESTINATION));
    }

    @Test
    void aStaticEntryThatIsTakenBackCanBeLearnedAgain() {
        bridge.configure(new BridgeSettings(Map.of(), List.of(new StaticEntry(new MacAddress(DB), 0, "db"))));
        bridge.configure(BridgeSettings.DEFAULT);
        bridge.decide(BROADCAST, DB, 0, web, 60, 0);
        assertThat(bridge.snapshot(0)).containsExactly(new FdbEntry(DB, 0, "web", 0, 0));
    }

    @Test
    void anotherPlaceCannotMoveAStaticEntry() {
        bridge.configure(new BridgeSettings(Map.of(), List.of(new StaticEntry(new MacAddress(DB), 0, "db"))));
        bridge.restore(List.of(new FdbEntry(DB, 0, "web", 0, 7)), 0);
        assertThat(bridge.decide(DB, WEB, 0, web, 60, 0)).isEqualTo(new ForwardingDecision.Forward(db));
    }

    private static ForwardingDecision flood(FloodCause cause) {
        return new ForwardingDecision.Flood(cause);
    }

    private static ForwardingDecision drop(FilterReason reason) {
        return new ForwardingDecision.Drop(reason);
    }
}
