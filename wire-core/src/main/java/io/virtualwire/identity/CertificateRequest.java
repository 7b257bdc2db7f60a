package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * What somebody asks an authority to certify: a name, and a key that it has proved to hold (PKCS #10, RFC 2986).
 *
 * @param identity who it wants to be
 * @param key its public half
 */
public record CertificateRequest(Identity identity, PublicKey key) {
    private static final int KEY_BITS = 256;
    private static final int LONGEST = 8 << 10;

    /** Reads a request and verifies that whoever made it holds the key. */
    public static CertificateRequest parse(String pem) {
        try {
            if (pem.length() > LONGEST) {
                throw refused("it is longer than " + LONGEST + " characters", null);
            }
            PemText text = PemText.parse("a request", pem);
            if (text.requests().size() != 1) {
                throw refused("it holds " + text.requests().size() + " requests instead of one", null);
            }
            return of(text.requests().getFirst());
        } catch (WireException e) {
            throw e.code() == ErrorCode.BAD_REQUEST ? e : refused(String.valueOf(e.getMessage()), e);
        }
    }

    /** Stands for the key. */
    public Fingerprint keyFingerprint() {
        return Fingerprint.of(key.getEncoded());
    }

    static CertificateRequest of(PKCS10CertificationRequest request) {
        try {
            if (!request.isSignatureValid(
                    new JcaContentVerifierProviderBuilder().build(request.getSubjectPublicKeyInfo()))) {
                throw refused("its signature is wrong: whoever made it does not hold the key", null);
            }
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            if (!(key instanceof ECPublicKey ec)
                    || ec.getParams().getCurve().getField().getFieldSize() != KEY_BITS) {
                throw refused("its key is not one of EC P-256", null);
            }
            X500Name subject = request.getSubject();
            return new CertificateRequest(new Identity(part(subject, BCStyle.O), part(subject, BCStyle.CN)), key);
        } catch (WireException e) {
            throw e;
        } catch (OperatorCreationException
                | PKCSException
                | GeneralSecurityException
                | IOException
                | RuntimeException e) {
            // The library's parser is lazy, and throws what it likes when it comes to what is spoilt.
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    private static String part(X500Name subject, ASN1ObjectIdentifier kind) throws IOException {
        RDN[] found = subject.getRDNs(kind);
        if (found.length != 1) {
            throw new IOException("its name is '" + subject + "'");
        }
        return IETFUtils.valueToString(found[0].getFirst().getValue());
    }

    private static WireException refused(String reason, @org.jspecify.annotations.Nullable Exception cause) {
        String message = "cannot certify what was asked: " + reason;
        String hint = "ask with 'wire connector run --enrol TOKEN' or 'wire node run --enrol TOKEN'";
        return cause == null
                ? new WireException(ErrorCode.BAD_REQUEST, message, hint)
                : new WireException(ErrorCode.BAD_REQUEST, message, hint, cause);
    }
}
