package io.virtualwire.authority;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.RevocationList;

/**
 * What a revocation did.
 *
 * @param certificates how many of this name were taken back by it
 * @param list what daemons are to hear
 */
public record Revoked(Identity identity, int certificates, RevocationList list) {}
