package io.virtualwire.authority;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate that was issued.
 *
 * @param serial hexadecimal
 * @param revokedAt when it was taken back, if it was
 * @param authority the fingerprint of the authority that issued it; earlier releases did not note that, and had but one
 */
record IssuedRecord(
        String serial, String name, Instant until, Optional<Instant> revokedAt, Optional<String> authority) {
    private static final int HEXADECIMAL = 16;

    static String serial(BigInteger number) {
        return number.toString(HEXADECIMAL);
    }

    BigInteger number() {
        return new BigInteger(serial, HEXADECIMAL);
    }

    IssuedRecord revoked(Instant at) {
        return new IssuedRecord(serial, name, until, Optional.of(revokedAt.orElse(at)), authority);
    }
}
