package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * The certificates that an authority has taken back before their end: an X.509 revocation list (RFC 5280, section 5) with a
 * number, of which the highest counts.
 */
public final class RevocationList {
    /** The longest list that is read, as PEM text. */
    public static final int LONGEST = 768 << 10;

    private final X509CRL list;
    private final long number;
    private final Set<BigInteger> serials;
    private final Optional<Succession> succession;

    RevocationList(X509CRL list) {
        this.list = list;
        this.number = number(list);
        this.succession = succession(list);
        Collection<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        Stream<? extends X509CRLEntry> all = entries == null ? Stream.empty() : entries.stream();
        this.serials = all.map(X509CRLEntry::getSerialNumber).collect(Collectors.toUnmodifiableSet());
    }

    /** Reads a list that somebody brought, as PEM. */
    public static RevocationList brought(String pem) {
        try {
            return parse("who brought it", pem);
        } catch (WireException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), "send an X.509 revocation list as PEM", e);
        }
    }

    /** Reads a list as PEM; who signed it is another question, see {@link #isSignedBy}. */
    public static RevocationList parse(String origin, String pem) {
        if (pem.length() > LONGEST) {
            throw unreadable(origin, "it has more than " + LONGEST + " characters", null);
        }
        try {
            byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
            return new RevocationList(
                    (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(origin, String.valueOf(e.getMessage()), e);
        }
    }

    /** The list as PEM. */
    public String pem() {
        return PemText.write(list);
    }

    /** Rises with every change; never falls. */
    public long number() {
        return number;
    }

    /** How many certificates it names. */
    public int size() {
        return serials.size();
    }

    /** Whether that authority made it. */
    public boolean isSignedBy(X509Certificate authority) {
        if (!list.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
            return false;
        }
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException forged) {
            return false;
        }
    }

    /** What its authority says of the one that takes its place, if one does. */
    public Optional<Succession> succession() {
        return succession;
    }

    private static Optional<Succession> succession(X509CRL list) {
        byte[] value = list.getExtensionValue(Succession.EXTENSION.getId());
        try {
            return value == null ? Optional.empty() : Succession.of(value);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unreadable("a peer", "what it says of its authority's successor cannot be read", e);
        }
    }

    boolean names(BigInteger serial) {
        return serials.contains(serial);
    }

    private static long number(X509CRL list) {
        byte[] value = list.getExtensionValue(Extension.cRLNumber.getId());
        try {
            if (value == null) {
                throw unreadable("a peer", "it has no number", null);
            }
            return ASN1Integer.getInstance(JcaX509ExtensionUtils.parseExtensionValue(value))
                    .longValueExact();
        } catch (IOException | ArithmeticException e) {
            throw unreadable("a peer", "its number cannot be read", e);
        }
    }

    private static WireException unreadable(
            String origin, String reason, @org.jspecify.annotations.Nullable Exception e) {
        String message = "cannot read the revocation list of " + origin + ": " + reason;
        String hint = "make it anew with 'wire identity revoke', or copy an intact one";
        return e == null
                ? new WireException(ErrorCode.CORRUPT, message, hint)
                : new WireException(ErrorCode.CORRUPT, message, hint, e);
    }
}
