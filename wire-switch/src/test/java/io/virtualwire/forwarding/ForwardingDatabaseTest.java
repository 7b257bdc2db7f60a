package io.virtualwire.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingDatabaseTest {
    private static final Duration AGEING = Duration.ofSeconds(300);

    @Test
    void isFilledToItsBound() {
        ForwardingDatabase fdb = new ForwardingDatabase(1000, AGEING);
        for (int mac = 1; mac <= 1000; mac++) {
            assertThat(fdb.learn(mac, 0, mac % 7, 0)).isEqualTo(Learned.NEW);
        }
        assertThat(fdb.learn(1001, 0, 1, 0)).isEqualTo(Learned.FULL);
        assertThat(fdb.learn(1000, 0, 1000 % 7, 0)).isEqualTo(Learned.REFRESHED);
        for (int mac = 1; mac <= 1000; mac++) {
            assertThat(fdb.find(mac, 0, 1)).isEqualTo(mac % 7);
        }
    }

    @Test
    void tellsRefreshingFromChanging() {
        ForwardingDatabase fdb = new ForwardingDatabase(8, AGEING);
        fdb.learn(1, 0, 1, 0);
        long before = fdb.changes();
        fdb.learn(1, 0, 1, 5);
        assertThat(fdb.changes()).isEqualTo(before);
        fdb.learn(1, 0, 2, 5);
        assertThat(fdb.changes()).isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void losesNothingByRemoval(long seed) {
        Random random = new Random(seed);
        ForwardingDatabase fdb = new ForwardingDatabase(512, AGEING);
        Map<Long, Integer> expected = new HashMap<>();
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 20 && expected.size() < 512; i++) {
                long mac = random.nextInt(2000) + 1;
                int port = random.nextInt(16);
                fdb.learn(mac, 0, port, 0);
                expected.put(mac, port);
            }
            int gone = random.nextInt(16);
            fdb.forgetPort(gone);
            expected.values().removeIf(port -> port == gone);
            assertThat(fdb.size()).isEqualTo(expected.size());
            expected.forEach((mac, port) -> assertThat(fdb.find(mac, 0, 0)).isEqualTo(port));
        }
    }

    @Test
    void nothingMovesOrAgesWhatIsFixed() {
        ForwardingDatabase fdb = new ForwardingDatabase(8, AGEING);
        fdb.learn(1, 0, 3, 0);
        fdb.fix(1, 0, 2);
        assertThat(fdb.learn(1, 0, 3, 1)).isEqualTo(Learned.FIXED_ELSEWHERE);
        assertThat(fdb.learn(1, 0, 2, 1)).isEqualTo(Learned.REFRESHED);
        fdb.merge(1, 0, 3, 9, 1, 1);
        fdb.age(Long.MAX_VALUE);
        assertThat(fdb.find(1, 0, Long.MAX_VALUE)).isEqualTo(2);
        fdb.unfix();
        assertThat(fdb.find(1, 0, 1)).isEqualTo(ForwardingDatabase.UNKNOWN);
        assertThat(fdb.learn(1, 0, 3, 1)).isEqualTo(Learned.NEW);
        assertThat(fdb.find(1, 0, 1)).isEqualTo(3);
    }

    @Test
    void somethingLearnedMakesRoomForWhatIsFixed() {
        ForwardingDatabase fdb = new ForwardingDatabase(4, AGEING);
        for (int mac = 1; mac <= 4; mac++) {
            fdb.learn(mac, 0, 1, 0);
        }
        fdb.fix(9, 0, 2);
        fdb.fix(10, 0, 2);
        assertThat(fdb.size()).isEqualTo(4);
        assertThat(fdb.find(9, 0, 0)).isEqualTo(2);
        assertThat(fdb.find(10, 0, 0)).isEqualTo(2);
    }

    @Test
    void refusesAnAbsurdBound() {
        assertThatThrownBy(() -> new ForwardingDatabase(0, AGEING)).isInstanceOf(IllegalArgumentException.class);
    }
}
