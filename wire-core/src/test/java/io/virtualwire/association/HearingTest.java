package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

final class HearingTest {
    private static final UUID PROCESS = UUID.randomUUID();

    private final Hearing hearing = new Hearing();

    @Test
    void everythingOfOneStreamIsNews() {
        assertThat(hearing.isNews(PROCESS, 1)).isTrue();
        assertThat(hearing.isNews(PROCESS, 2)).isTrue();
        assertThat(hearing.isNews(PROCESS, 9)).isTrue();
    }

    @Test
    void theNewerStreamIsHeardThoughTheOlderOneComesAfterIt() {
        assertThat(hearing.isNews(PROCESS, 3)).as("first of the newer stream").isTrue();
        assertThat(hearing.isNews(PROCESS, 1)).as("first of the older stream").isFalse();
        assertThat(hearing.isNews(PROCESS, 2)).isFalse();
        assertThat(hearing.isNews(PROCESS, 4)).as("the newer stream goes on").isTrue();
    }

    @Test
    void aProcessThatWasStartedAnewCountsFromOne() {
        assertThat(hearing.isNews(PROCESS, 100)).isTrue();
        assertThat(hearing.isNews(UUID.randomUUID(), 1)).isTrue();
    }
}
