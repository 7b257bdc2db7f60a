package io.virtualwire.authority;

import io.virtualwire.control.Identity;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate that an authority has issued.
 *
 * @param serial hexadecimal
 * @param revokedAt when it was taken back, if it was
 */
public record MemberStatus(Identity identity, String serial, Instant until, Optional<Instant> revokedAt) {}
