package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MtuBudgetTest {
    @ParameterizedTest
    @CsvSource({"1500, false, 1472, 1408", "1500, true, 1452, 1388", "9000, false, 8972, 8908", "1280, true, 1232, 1168"
    })
    void knowsWhatALinkCarries(int mtu, boolean ipv6, int udpPayload, int segment) {
        assertThat(MtuBudget.udpPayload(mtu, ipv6)).isEqualTo(udpPayload);
        assertThat(MtuBudget.segment(udpPayload)).isEqualTo(segment);
    }

    @ParameterizedTest
    @CsvSource({"26, 1408, 1", "1408, 1408, 1", "1409, 1408, 2", "65562, 1408, 47"})
    void countsDatagrams(int frame, int segment, int datagrams) {
        assertThat(MtuBudget.segments(frame, segment)).isEqualTo(datagrams);
    }
}
