package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.transport.UnderlayAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final long MILLI = 1_000_000;
    private static final UnderlayAddress FIRST = UnderlayAddress.ipv4(0xc0000201, 7471);
    private static final UnderlayAddress SECOND = UnderlayAddress.ipv4(0xc0000202, 7471);

    private final Candidates candidates = new Candidates(AssociationLimits.DEFAULT, new Random(1));
    private long now = 7 * MILLI;

    @BeforeEach
    void know() {
        candidates.set(List.of(FIRST, SECOND, FIRST));
    }

    @Test
    void keepsTheOrderAndNamesEachOnce() {
        assertThat(candidates.count()).isEqualTo(2);
        assertThat(candidates.indexOf(SECOND)).isEqualTo(1);
        assertThat(candidates.indexOf(SECOND.withPort(1))).isEqualTo(-1);
    }

    @Test
    void asksAtOnceWhenDoubtBeginsThenFiveTimesASecond() {
        assertThat(candidates.isDue(false, now)).isTrue();
        assertThat(candidates.isDue(false, now)).isFalse();
        int asked = 0;
        for (int i = 0; i < 100; i++) {
            asked += candidates.isDue(true, now) ? 1 : 0;
            now += 10 * MILLI;
        }
        assertThat(asked).isEqualTo(5);
    }

    @Test
    void asksSeldomWithoutDoubtAndEverMoreSeldomWhileNothingAnswers() {
        List<Long> asked = new ArrayList<>();
        for (long second = 0; second < 200; second++) {
            if (candidates.isDue(false, now)) {
                asked.add(second);
            }
            now += 1000 * MILLI;
        }
        assertThat(asked).containsExactly(0L, 5L, 15L, 35L, 75L, 135L, 195L);
        answer(0);
        now += 60_000 * MILLI;
        assertThat(candidates.isDue(false, now)).isTrue();
        assertThat(candidates.isDue(false, now + 5000 * MILLI)).isTrue();
    }

    @Test
    void onlyTheValueSentLastIsAnAnswerAndOnlyOnce() {
        long old = candidates.challenge(1);
        long newest = candidates.challenge(1);
        assertThat(candidates.answered(old)).isEqualTo(-1);
        assertThat(candidates.answered(newest)).isEqualTo(1);
        assertThat(candidates.answered(newest)).isEqualTo(-1);
    }

    @Test
    void trustsWhatAnsweredThreeTimesInARow() {
        answer(0);
        answer(0);
        candidates.challenge(0);
        answer(0);
        answer(0);
        assertThat(candidates.isTrusted(0)).as("one went unanswered").isFalse();
        answer(0);
        assertThat(candidates.isTrusted(0)).isTrue();
        candidates.moved();
        assertThat(candidates.isTrusted(0)).isFalse();
    }

    private void answer(int index) {
        candidates.answered(candidates.challenge(index));
    }
}
