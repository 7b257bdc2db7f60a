package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathMtuTest {
    private static final long MILLI = 1_000_000;

    private final PathMtu mtu = new PathMtu();
    private long now = 5 * MILLI;
    private long heardAt = 0;

    @Test
    void beginsAtTheFloorAndTriesTheLinksSizeFirst() {
        mtu.begin(1472, false, now);
        assertThat(mtu.size()).isEqualTo(1232);
        assertThat(due()).startsWith(1472, 1464).allMatch(size -> size > 1232);
        assertThat(due()).isEmpty();
    }

    @Test
    void countsTheHeadersOfIpv6() {
        mtu.begin(1452, true, now);
        assertThat(due()).startsWith(1452);
    }

    @Test
    void usesTheLargestThatArrives() {
        mtu.begin(8973, false, now);
        List<Integer> probes = due();
        assertThat(probes).startsWith(8973, 8972).contains(1472, 1422);
        mtu.acknowledged(1422, now);
        mtu.acknowledged(1472, now);
        mtu.acknowledged(1352, now);
        assertThat(mtu.size()).isEqualTo(1472);
    }

    @Test
    void endsTheSearchAtTheLargest() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        now += 250 * MILLI;
        assertThat(due()).isEmpty();
    }

    @Test
    void triesThreeTimesThenAfterPausesThatGrowToAMinute() {
        mtu.begin(1452, true, now);
        List<Long> searches = new ArrayList<>();
        for (int i = 0; i < 5 * 300; i++) {
            if (!due().isEmpty()) {
                searches.add(i / 5L);
            }
            now += 200 * MILLI;
        }
        assertThat(searches.subList(0, 6)).containsExactly(0L, 0L, 0L, 2L, 2L, 2L);
        assertThat(searches).hasSize(3 * 9);
        assertThat(searches.getLast() - searches.get(3 * 8 - 1)).isBetween(59L, 61L);
    }

    @Test
    void ignoresSizesThatWereNeverProbed() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(9000, now);
        mtu.acknowledged(1471, now);
        mtu.acknowledged(-1, now);
        assertThat(mtu.size()).isEqualTo(1232);
    }

    @Test
    void fallsBackWhenTheSizeInUseIsLostThriceAlthoughOthersArrive() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        now += 1000 * MILLI;
        for (int i = 0; i < 3; i++) {
            assertThat(due()).containsExactly(1472);
            heardAt = now + MILLI;
            now += 200 * MILLI;
        }
        assertThat(due()).startsWith(1464).doesNotContain(1472);
        assertThat(mtu.size()).isEqualTo(1232);
        mtu.acknowledged(1422, now);
        assertThat(mtu.size()).isEqualTo(1422);
    }

    @Test
    void learnsNothingWhileNothingArrivesAtAll() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        int probes = 0;
        for (int i = 0; i < 100; i++) {
            now += 200 * MILLI;
            probes += due().size();
        }
        assertThat(mtu.size()).isEqualTo(1472);
        assertThat(probes).as("a second apart").isBetween(18, 22);
    }

    @Test
    void goesBelowTheFloorOfIpv4WhereEvenThatDoesNotArrive() {
        mtu.begin(1472, false, now);
        for (int i = 0; i < 10; i++) {
            due();
            heardAt = now + MILLI;
            now += 200 * MILLI;
        }
        assertThat(mtu.size()).isEqualTo(548);
        List<Integer> probes = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            now += 200 * MILLI;
            probes.addAll(due());
        }
        assertThat(probes).contains(1472, 1232, 1172, 978);
        mtu.acknowledged(1172, now);
        assertThat(mtu.size()).isEqualTo(1172);
    }

    @Test
    void beginsWithWhatASmallLinkTakes() {
        mtu.begin(972, false, now);
        assertThat(mtu.size()).isEqualTo(972);
        assertThat(due()).isEmpty();
    }

    @Test
    void keepsTheSizeWhileItIsConfirmed() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        int probes = 0;
        for (int i = 0; i < 200; i++) {
            now += 1000 * MILLI;
            for (int size : due()) {
                mtu.acknowledged(size, now);
                probes++;
            }
            assertThat(mtu.size()).isEqualTo(1472);
        }
        assertThat(probes).isEqualTo(200);
    }

    @Test
    void fallsBackAtOnceWhenTheKernelRefuses() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        mtu.refused(1472, now);
        assertThat(mtu.size()).isEqualTo(1232);
        assertThat(due()).startsWith(1464);
    }

    @Test
    void neverProbesWhatTheKernelRefused() {
        mtu.begin(8972, false, now);
        assertThat(mtu.nextProbe(now, heardAt, 200 * MILLI)).isEqualTo(8972);
        mtu.refused(8972, now);
        assertThat(mtu.nextProbe(now, heardAt, 200 * MILLI)).isEqualTo(8472);
        mtu.refused(1473, now);
        assertThat(due()).startsWith(1472);
    }

    @Test
    void aSmallLinkHasNothingToProbe() {
        mtu.begin(1232, true, now);
        assertThat(due()).isEmpty();
        assertThat(mtu.size()).isEqualTo(1232);
    }

    private List<Integer> due() {
        List<Integer> sizes = new ArrayList<>();
        for (int size = mtu.nextProbe(now, heardAt, 200 * MILLI);
                size != 0;
                size = mtu.nextProbe(now, heardAt, 200 * MILLI)) {
            sizes.add(size);
        }
        return sizes;
    }
}
