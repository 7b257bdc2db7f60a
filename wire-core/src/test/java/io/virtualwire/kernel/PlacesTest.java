package io.virtualwire.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.junit.jupiter.api.Test;

final class PlacesTest {
    @Test
    void oneThatWasGivenBackIsTakenLast() {
        Places places = new Places(3);
        assertThat(places.next()).isZero();
        places.give(0);
        assertThat(places.next()).isEqualTo(1);
        assertThat(places.next()).isEqualTo(2);
        assertThat(places.next()).isZero();
        assertThatThrownBy(places::next)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED));
        assertThat(places.taken()).containsExactly(0, 1, 2);
    }

    @Test
    void whatWasFoundTakenStaysSo() {
        Places places = new Places(8);
        places.take(5);
        assertThat(places.next()).isEqualTo(6);
        assertThat(places.next()).isEqualTo(7);
        assertThat(places.next()).isZero();
    }
}
