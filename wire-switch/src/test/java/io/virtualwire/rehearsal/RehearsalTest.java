package io.virtualwire.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
    private static final Duration A_WHILE = Duration.ofMillis(200);

    @Test
    void framesPassBeforeAndAfterEveryMove() {
        try (Rehearsal rehearsal =
                new Rehearsal(TenantAuthority.create("rehearsal", InstantSource.system()), Ticker.system())) {
            for (int moves = 0; moves < 6; moves++) {
                assertThat(rehearsal.traffic(A_WHILE)).as(rehearsal::toString).isPositive();
                rehearsal.move();
            }
            assertThat(rehearsal.traffic(A_WHILE)).as(rehearsal::toString).isPositive();
        }
    }

    @Test
    void aMachineMovesAsOftenAsItLikes() {
        try (MovingMachine machine =
                new MovingMachine(TenantAuthority.create("rehearsal", InstantSource.system()), Ticker.system())) {
            for (int moves = 0; moves < 10; moves++) {
                machine.move();
            }
        }
    }
}
