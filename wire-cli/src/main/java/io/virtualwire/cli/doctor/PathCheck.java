package io.virtualwire.cli.doctor;

import io.virtualwire.client.AssociationStatus;

/** Judges what a connector says of the way to one of its peers. */
public final class PathCheck {
    /** What every IPv6 link carries (RFC 8200, section 5) and every IPv4 path in practice, less the larger headers. */
    private static final int LEAST = 1280 - 48;

    public Finding run(String host, AssociationStatus path) {
        String subject = "path " + host + " to " + path.peer().name();
        String where = path.address().map(it -> " at " + it).orElse("");
        if (!path.up()) {
            return Finding.warn(
                    subject, "no session" + where, "let UDP and TCP to that port through, and see that the peer runs");
        }
        String detail = "datagrams of " + path.datagramBytes() + " bytes" + where
                + path.roundTripMicros()
                        .map(micros -> ", there and back in " + micros / 1000.0 + " ms")
                        .orElse("");
        if (path.way().filter("tcp"::equals).isPresent()) {
            return Finding.warn(
                    subject,
                    detail + ", by TCP",
                    "let UDP to the peer's port through, both ways; wires work, and are slower while one frame lost"
                            + " holds up all behind it");
        }
        if (path.way().filter("relay"::equals).isPresent()) {
            return Finding.warn(
                    subject,
                    detail + ", through a relay",
                    "forward UDP and TCP to the port of one of the two hosts, if that can be; wires work, and are slower");
        }
        return path.datagramBytes() >= LEAST
                ? Finding.ok(subject, detail)
                : Finding.warn(
                        subject, detail, "look for a tunnel or a small MTU on the way; wires work, and are slower");
    }
}
