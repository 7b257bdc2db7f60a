package io.virtualwire.cli.doctor;

import io.virtualwire.control.WireException;
import io.virtualwire.linux.UdpOffloads;
import io.virtualwire.time.Ticker;
import java.time.Duration;

/** Sends ten datagrams in one call over loopback, and looks whether they arrive as one. */
public final class UdpOffloadCheck {
    private static final String SUBJECT = "UDP offload";
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    public Finding run() {
        try {
            return judge(UdpOffloads.probe(Ticker.system(), PATIENCE));
        } catch (WireException e) {
            return Finding.refused(SUBJECT, Verdict.FAIL, e, "let this user open UDP sockets");
        }
    }

    private static Finding judge(UdpOffloads offloads) {
        if (!offloads.arrived()) {
            return Finding.fail(SUBJECT, "datagrams to this host itself do not arrive", "let loopback traffic through");
        }
        if (offloads.segmentErrno() != 0) {
            return Finding.warn(
                    SUBJECT,
                    "no UDP_SEGMENT: errno " + offloads.segmentErrno(),
                    "upgrade to Linux 4.18 or later: wires are several times slower without");
        }
        return offloads.coalesces()
                ? Finding.ok(SUBJECT, "sent ten datagrams in one call, received them in one")
                : Finding.warn(
                        SUBJECT,
                        "UDP_SEGMENT works, UDP_GRO does not",
                        "upgrade to Linux 5.0 or later, for faster wires");
    }
}
