package io.virtualwire.authority;

import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.Succession;
import java.time.Instant;
import java.util.List;

/**
 * How far a tenant's authority has been replaced by another.
 *
 * @param since when it came to this stage
 * @param former the one before
 * @param next the one that takes its place
 * @param waiting the names of members that have certificates of the one before, and none of the next
 */
public record RotationStatus(
        Succession.Stage stage, Instant since, Fingerprint former, Fingerprint next, List<String> waiting) {}
