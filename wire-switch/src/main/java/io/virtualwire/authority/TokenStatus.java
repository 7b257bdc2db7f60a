package io.virtualwire.authority;

import java.time.Instant;
import java.util.Optional;

/**
 * A token as people see it.
 *
 * @param id how to call it
 * @param name the one member that it makes
 * @param state {@code unused}, {@code used} or {@code expired}
 */
public record TokenStatus(String id, String name, String state, Instant expiresAt, Optional<Instant> usedAt) {
    static TokenStatus of(TokenRecord token, Instant now) {
        String state = token.usedAt().isPresent() ? "used" : now.isAfter(token.expiresAt()) ? "expired" : "unused";
        return new TokenStatus(token.id(), token.name(), state, token.expiresAt(), token.usedAt());
    }
}
