package io.virtualwire.client;

import java.util.Optional;

/**
 * The newest revocation list.
 *
 * @param number its number; 0: nothing was ever revoked
 * @param list as PEM; absent if it is not newer than the one that the caller has
 */
public record RevocationsAnswer(long number, Optional<String> list) {}
