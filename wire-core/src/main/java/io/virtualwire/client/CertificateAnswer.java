package io.virtualwire.client;

import java.time.Instant;

/**
 * What an authority answers to somebody who asks for a certificate.
 *
 * @param certificate as PEM
 * @param authority the authority's own, as PEM
 * @param validUntil its end, by the authority's clock
 */
public record CertificateAnswer(String certificate, String authority, Instant validUntil) {}
