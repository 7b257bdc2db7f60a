package io.virtualwire.authority;

import java.time.Instant;
import java.util.Optional;

/**
 * A token as the authority keeps it: not the secret, but its digest.
 *
 * @param id how people call it: the first digits of the digest
 * @param digest SHA-256 of the secret
 * @param name the one member that it makes
 * @param usedAt when it did
 * @param key digest of the public key that it was used for
 * @param certificate what was answered then, as PEM
 */
record TokenRecord(
        String id,
        String digest,
        String name,
        Instant createdAt,
        Instant expiresAt,
        Optional<Instant> usedAt,
        Optional<String> key,
        Optional<String> certificate) {

    TokenRecord used(Instant at, String keyDigest, String pem) {
        return new TokenRecord(
                id, digest, name, createdAt, expiresAt, Optional.of(at), Optional.of(keyDigest), Optional.of(pem));
    }
}
