package io.virtualwire.authority;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All that an authority remembers, at one moment.
 *
 * @param service where its service was last told to listen, as host:port
 * @param listNumber the number of the newest revocation list; 0: there is none
 * @param list that list, as PEM
 * @param rotation that another authority takes the place of the one before
 */
record Register(
        Optional<String> service,
        long listNumber,
        Optional<String> list,
        List<TokenRecord> tokens,
        List<IssuedRecord> issued,
        Optional<RotationRecord> rotation) {
    static final Register EMPTY =
            new Register(Optional.empty(), 0, Optional.empty(), List.of(), List.of(), Optional.empty());

    /** How long something that has ended is remembered: a certificate may be renewed, and a token be asked about, that long. */
    private static final Duration MEMORY = Duration.ofDays(8);

    Register {
        tokens = List.copyOf(tokens);
        issued = List.copyOf(issued);
    }

    Register at(String newService) {
        return new Register(Optional.of(newService), listNumber, list, tokens, issued, rotation);
    }

    Register listing(long number, String pem) {
        return new Register(service, number, Optional.of(pem), tokens, issued, rotation);
    }

    Register with(TokenRecord token) {
        List<TokenRecord> more = new ArrayList<>(tokens);
        more.removeIf(other -> other.digest().equals(token.digest()));
        more.add(token);
        return new Register(service, listNumber, list, more, issued, rotation);
    }

    Register withTokens(List<TokenRecord> newTokens) {
        return new Register(service, listNumber, list, newTokens, issued, rotation);
    }

    Register with(IssuedRecord certificate) {
        List<IssuedRecord> more = new ArrayList<>(issued);
        more.add(certificate);
        return new Register(service, listNumber, list, tokens, more, rotation);
    }

    Register with(RotationRecord newRotation) {
        return new Register(service, listNumber, list, tokens, issued, Optional.of(newRotation));
    }

    Register mapIssued(UnaryOperator<IssuedRecord> change) {
        return new Register(
                service, listNumber, list, tokens, issued.stream().map(change).toList(), rotation);
    }

    /** Without what ended so long ago that nobody can come back to it. */
    Register pruned(Instant now) {
        Instant oldest = now.minus(MEMORY);
        return new Register(
                service,
                listNumber,
                list,
                tokens.stream().filter(it -> it.expiresAt().isAfter(oldest)).toList(),
                issued.stream().filter(it -> it.until().isAfter(oldest)).toList(),
                rotation);
    }

    boolean knows(X509Certificate certificate) {
        String serial = IssuedRecord.serial(certificate.getSerialNumber());
        return issued.stream().anyMatch(it -> it.serial().equals(serial));
    }

    /** Whether a certificate was taken back. */
    boolean hasRevoked(X509Certificate certificate) {
        String serial = IssuedRecord.serial(certificate.getSerialNumber());
        return issued.stream()
                .anyMatch(it -> it.serial().equals(serial) && it.revokedAt().isPresent());
    }

    /** What certificates say of where the revocation list is, and the service. */
    Optional<URI> listAddress() {
        return service.map(it -> URI.create("https://" + it + "/v1/revocations"));
    }
}
