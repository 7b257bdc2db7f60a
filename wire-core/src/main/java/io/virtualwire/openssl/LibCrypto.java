package io.virtualwire.openssl;

import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * This host's libcrypto, as it was found.
 *
 * @param version what it calls itself; empty if it cannot be asked
 * @param fault why it cannot be used
 */
public record LibCrypto(String version, Optional<String> fault) {
    /** Its own handler would free what threads still use when the process ends. */
    private static final long NO_ATEXIT = 0x0008_0000;

    /** Here, and not when the first key is taken, for which no safepoint is reached. */
    private static final long LOAD_CONFIG = 0x40;

    /** Loads it, and has it seal and open what others have published. */
    public static LibCrypto look() {
        List<String> missing;
        try {
            missing = Evp.missing(Evp.library());
        } catch (IllegalArgumentException e) {
            return new LibCrypto("", Optional.of("there is no " + Evp.LIBRARY));
        }
        if (!missing.isEmpty()) {
            return new LibCrypto("", Optional.of(Evp.LIBRARY + " has no " + String.join(", ", missing)));
        }
        if (Evp.initialize(NO_ATEXIT | LOAD_CONFIG) != 1) {
            return new LibCrypto("", Optional.of(Evp.LIBRARY + " cannot be initialized"));
        }
        return new LibCrypto(
                Evp.version(),
                Stream.of(KnownAnswer.AES_256_GCM, KnownAnswer.CHACHA20_POLY1305)
                        .flatMap(known -> fault(known).stream())
                        .findFirst());
    }

    private static Optional<String> fault(KnownAnswer known) {
        try {
            return known.isGiven()
                    ? Optional.empty()
                    : Optional.of("its " + known.algorithm() + " does not give the known answer");
        } catch (WireException e) {
            return Optional.of("its " + known.algorithm() + " does not work: " + e.getMessage());
        }
    }

    public boolean isUsable() {
        return fault.isEmpty();
    }
}
