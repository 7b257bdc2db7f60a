package io.virtualwire.authority;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.RevocationList;
import java.util.List;

/**
 * What a revocation did.
 *
 * @param certificates how many of this name were taken back by it
 * @param lists what daemons are to hear, in that order
 */
public record Revoked(Identity identity, int certificates, List<RevocationList> lists) {}
