package io.virtualwire.cli.doctor;

import io.virtualwire.openssl.LibCrypto;
import java.util.function.Supplier;

/** Has libcrypto seal and open what others have published. */
public final class SealingCheck {
    private static final String SUBJECT = "sealing";

    private final Supplier<LibCrypto> look;

    public SealingCheck(Supplier<LibCrypto> look) {
        this.look = look;
    }

    public Finding run() {
        LibCrypto found = look.get();
        return found.isUsable()
                ? Finding.ok(SUBJECT, "by " + found.version() + ", whose answers are the known ones")
                : Finding.warn(
                        SUBJECT,
                        "by Java itself, which allocates memory for each datagram: "
                                + found.fault().orElseThrow(),
                        "install OpenSSL 3 (Debian: libssl3) and restart the daemons, for steadier sealed wires");
    }
}
