package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Generation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two tables of docs/wire-protocol.md section 4.1, row by row. */
class FencingTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // highest, present, requested, same, result
                "-,   -,   1,   false, CREATE",
                "3,   -,   3,   false, STALE",
                "3,   -,   4,   false, CREATE",
                "3,   -,   2,   false, STALE",
                "3,   3,   4,   true,  REPLACE",
                "3,   3,   4,   false, REPLACE",
                "3,   3,   3,   true,  MERGE",
                "3,   3,   3,   false, CONFLICT",
                "3,   3,   2,   true,  STALE",
                "3:a, 3:a, 3:b, true,  REPLACE",
                "3:b, 3:b, 3:a, true,  STALE",
            })
    void decidesAboutTheOwnGeneration(
            @Nullable String highest, @Nullable String present, String requested, boolean same, Fencing.Own result) {
        assertThat(Fencing.own(parse(highest), parse(present), Generation.parse(requested), same))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // highest, requested, same identity, result
                "-,   1,   false, FIRST",
                "1,   2,   true,  SUCCESSOR",
                "1,   2,   false, SUCCESSOR",
                "2,   2,   true,  UPDATE",
                "2,   2,   false, CONFLICT",
                "2,   1,   true,  STALE",
                "2:a, 2:b, false, SUCCESSOR",
            })
    void decidesAboutThePeerGeneration(
            @Nullable String highest, String requested, boolean same, Fencing.Peering result) {
        assertThat(Fencing.peer(parse(highest), Generation.parse(requested), same))
                .isEqualTo(result);
    }

    private static @Nullable Generation parse(@Nullable String text) {
        return text == null ? null : Generation.parse(text);
    }
}
