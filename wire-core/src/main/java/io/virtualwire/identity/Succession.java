package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

/**
 * What an authority says of the one that takes its place. It stands in its revocation list, as an extension that is not critical, so
 * it goes wherever that goes, and holds by its signature.
 *
 * <pre>
 *   Succession ::= SEQUENCE { stage INTEGER, successor OCTET STRING }     successor: its certificate, DER
 * </pre>
 */
public record Succession(Stage stage, X509Certificate successor) {
    /* A number that is nobody else's: made of a random UUID (ITU-T X.667). */
    static final ASN1ObjectIdentifier EXTENSION =
            new ASN1ObjectIdentifier("2.25.318148095057072747694348652601156316254");

    /**
     * How far it has come.
     *
     * <pre>
     *   ANNOUNCED ──all have heard──▶ ISSUES ──all have its certificates──▶ RETIRED
     * </pre>
     */
    public enum Stage {
        /** The successor is believed; everybody still has certificates of the predecessor. */
        ANNOUNCED(1),
        /** The successor issues; both are believed. */
        ISSUES(2),
        /** The predecessor is believed no more. */
        RETIRED(3);

        private final int number;

        Stage(int number) {
            this.number = number;
        }
    }

    ASN1Encodable encoded() {
        try {
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(new ASN1Integer(stage.number));
            parts.add(new DEROctetString(successor.getEncoded()));
            return new DERSequence(parts);
        } catch (GeneralSecurityException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write an authority's successor", "", e);
        }
    }

    /** Reads an extension's value as X.509 has it; empty if it is of a kind that this release does not know. */
    static Optional<Succession> of(byte[] extension) throws IOException, GeneralSecurityException {
        ASN1Sequence parts =
                ASN1Sequence.getInstance(ASN1OctetString.getInstance(extension).getOctets());
        int number = ASN1Integer.getInstance(parts.getObjectAt(0)).intValueExact();
        byte[] certificate = ASN1OctetString.getInstance(parts.getObjectAt(1)).getOctets();
        X509Certificate successor = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        return Arrays.stream(Stage.values())
                .filter(stage -> stage.number == number)
                .findFirst()
                .map(stage -> new Succession(stage, successor));
    }
}
