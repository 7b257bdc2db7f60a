package io.virtualwire.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an authority answers to somebody who asks for a certificate.
 *
 * @param certificate as PEM
 * @param authority the one whose service this is, as PEM
 * @param validUntil its end, by the authority's clock
 * @param others further authorities of the tenant, as PEM: one that takes the place of that one, and issued the certificate
 */
public record CertificateAnswer(String certificate, String authority, Instant validUntil, List<String> others) {
    public CertificateAnswer(String certificate, String authority, Instant validUntil, @Nullable List<String> others) {
        this.certificate = certificate;
        this.authority = authority;
        this.validUntil = validUntil;
        this.others = others == null ? List.of() : List.copyOf(others);
    }
}
