package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The {@code virtualwire://} names in a certificate: {@code tenant/name} in a member's, {@code tenant} alone in an
 * authority's.
 */
record SubjectNames(String subject, List<String> names) {
    private static final String PREFIX = "virtualwire://";

    /** GeneralName's tag for a URI in a subject alternative name (RFC 5280, section 4.2.1.6). */
    private static final int URI_NAME = 6;

    static SubjectNames of(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        List<String> found = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
                String text = alternative.get(1).toString();
                if (alternative.get(0).equals(URI_NAME) && text.startsWith(PREFIX)) {
                    found.add(text.substring(PREFIX.length()));
                }
            }
        } catch (CertificateParsingException malformed) {
            throw new WireException(
                    ErrorCode.UNAUTHENTICATED, "cannot read the names in the certificate of " + subject, "", malformed);
        }
        return new SubjectNames(subject, List.copyOf(found));
    }

    static String authorityUri(String tenant) {
        return PREFIX + tenant;
    }

    boolean isAuthority() {
        return names.size() == 1 && names.getFirst().indexOf('/') < 0;
    }

    /** The tenant for which an authority speaks. */
    String tenant() {
        if (!isAuthority()) {
            throw new WireException(
                    ErrorCode.UNAUTHENTICATED,
                    "cannot take '" + subject + "' as an authority: its certificate names no tenant",
                    "give the ca.crt that 'wire init' made");
        }
        return names.getFirst();
    }

    /** Who a member is. */
    Identity identity() {
        if (names.size() != 1 || isAuthority()) {
            throw new WireException(
                    ErrorCode.UNAUTHENTICATED,
                    "cannot tell whose certificate this is: '" + subject + "' carries the names " + names
                            + " instead of one tenant/name",
                    "use credentials made by 'wire init'");
        }
        return Identity.parse(names.getFirst());
    }
}
