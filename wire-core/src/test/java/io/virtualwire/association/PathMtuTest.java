package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathMtuTest {
    private static final long MILLI = 1_000_000;

    private final PathMtu mtu = new PathMtu();
    private long now = 5 * MILLI;

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
    void triesThreeTimesThenAfterAMinute() {
        mtu.begin(1472, false, now);
        int rounds = 0;
        for (int i = 0; i < 290; i++) {
            rounds += due().isEmpty() ? 0 : 1;
            now += 200 * MILLI;
        }
        assertThat(rounds).isEqualTo(3);
        for (int i = 0; i < 50; i++) {
            rounds += due().isEmpty() ? 0 : 1;
            now += 200 * MILLI;
        }
        assertThat(rounds).isEqualTo(6);
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
    void fallsBackWhenTheSizeInUseIsLostThrice() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        for (int i = 0; i < 3; i++) {
            now += 1000 * MILLI;
            assertThat(due()).containsExactly(1472);
        }
        now += 1000 * MILLI;
        assertThat(due()).startsWith(1464).doesNotContain(1472);
        assertThat(mtu.size()).isEqualTo(1232);
        mtu.acknowledged(1422, now);
        assertThat(mtu.size()).isEqualTo(1422);
    }

    @Test
    void keepsTheSizeWhileItIsConfirmed() {
        mtu.begin(1472, false, now);
        due();
        mtu.acknowledged(1472, now);
        for (int i = 0; i < 200; i++) {
            now += 1000 * MILLI;
            for (int size : due()) {
                mtu.acknowledged(size, now);
            }
            assertThat(mtu.size()).isEqualTo(1472);
        }
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
        assertThat(mtu.nextProbe(now)).isEqualTo(8972);
        mtu.refused(8972, now);
        assertThat(mtu.nextProbe(now)).isEqualTo(8472);
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
        for (int size = mtu.nextProbe(now); size != 0; size = mtu.nextProbe(now)) {
            sizes.add(size);
        }
        return sizes;
    }
}
