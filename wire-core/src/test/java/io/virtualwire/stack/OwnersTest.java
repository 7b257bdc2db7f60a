package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.WireId;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwnersTest {
    private final Owners owners = new Owners(3, 4);

    @Test
    void eachThreadHasAsManyWires() {
        assertThat(IntStream.range(0, 9).map(number -> owners.connect(wire(number))))
                .containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
    }

    @Test
    void aWireStaysWhereItWas() {
        int thread = owners.connect(wire(1));
        owners.connect(wire(2));
        assertThat(owners.connect(wire(1))).isEqualTo(thread);
        owners.rest(wire(1));
        assertThat(owners.of(wire(1))).isEqualTo(thread);
        assertThat(owners.connect(wire(1))).isEqualTo(thread);
        assertThat(owners.connect(wire(3))).isEqualTo(2);
    }

    @Test
    void whatIsNotConnectedTakesNoPlace() {
        owners.connect(wire(1));
        owners.connect(wire(2));
        owners.connect(wire(3));
        owners.rest(wire(2));
        owners.rest(wire(2));
        assertThat(owners.disconnect(wire(4))).isEqualTo(1);
        assertThat(owners.connect(wire(5))).isEqualTo(1);
        assertThat(owners.connect(wire(6))).isEqualTo(0);
    }

    @Test
    void remembersTheLatestThatWereDisconnected() {
        owners.connect(wire(1));
        owners.connect(wire(2));
        owners.rest(wire(2));
        for (int number = 10; number < 13; number++) {
            owners.disconnect(wire(number));
        }
        owners.connect(wire(3));
        assertThat(owners.of(wire(2))).isEqualTo(1);
        owners.disconnect(wire(13));
        assertThat(owners.of(wire(2))).isEqualTo(2);
    }

    @Test
    void askingChangesNothing() {
        assertThat(owners.of(wire(1))).isEqualTo(0);
        assertThat(owners.connect(wire(2))).isEqualTo(0);
        assertThat(owners.of(wire(1))).isEqualTo(1);
    }

    @Test
    void goesOnWhereAnotherProcessWas() {
        owners.restore(wire(1), 2, true);
        owners.restore(wire(2), 2, true);
        owners.restore(wire(3), 0, false);
        assertThat(owners.connect(wire(3))).isEqualTo(0);
        assertThat(owners.connect(wire(4))).isEqualTo(1);
        assertThat(owners.of(wire(2))).isEqualTo(2);
    }

    private static WireId wire(int number) {
        return new WireId(new UUID(0, number));
    }
}
