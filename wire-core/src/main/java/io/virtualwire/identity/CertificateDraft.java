package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** One certificate in the making. */
final class CertificateDraft {
    static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 120;

    private final X509v3CertificateBuilder builder;
    private final PublicKey subjectKey;
    private final JcaX509ExtensionUtils extensions;

    CertificateDraft(
            X500Name issuer,
            X500Name subject,
            PublicKey subjectKey,
            Duration validity,
            InstantSource clock,
            SecureRandom random) {
        this.subjectKey = subjectKey;
        this.builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS),
                Date.from(clock.instant().minus(Lifetime.BACKDATING)),
                Date.from(clock.instant().plus(validity)),
                subject,
                subjectKey);
        try {
            this.extensions = new JcaX509ExtensionUtils();
        } catch (GeneralSecurityException e) {
            throw cannotSign(e);
        }
    }

    void authorityOf(String tenant) {
        try {
            // Path length 0: an authority vouches for members, never for further authorities.
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(subjectKey));
            named(SubjectNames.authorityUri(tenant), Set.of());
        } catch (CertIOException e) {
            throw cannotSign(e);
        }
    }

    /**
     * Says who a member is.
     *
     * @param addresses at which it is met by programs that know nobody by name; none if it is met by ours alone
     */
    void memberNamed(Identity identity, X509Certificate issuer, Set<InetAddress> addresses) {
        KeyPurposeId[] eitherEnd = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        // libvirt asks for the second, which says nothing about a key of an elliptic curve.
        int usage =
                addresses.isEmpty() ? KeyUsage.digitalSignature : KeyUsage.digitalSignature | KeyUsage.keyEncipherment;
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(eitherEnd));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(issuer.getPublicKey()));
            named(identity.uri().toString(), addresses);
        } catch (CertIOException e) {
            throw cannotSign(e);
        }
    }

    /** Says where the authority's revocation list is, and with it the authority itself (RFC 5280, section 4.2.1.13). */
    void listAt(URI address) {
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, address.toString());
        DistributionPoint point = new DistributionPoint(new DistributionPointName(new GeneralNames(name)), null, null);
        try {
            builder.addExtension(
                    Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {point}));
        } catch (CertIOException e) {
            throw cannotSign(e);
        }
    }

    /** Where {@link #listAt} said. */
    static Optional<URI> listAddress(X509Certificate certificate) {
        byte[] value = certificate.getExtensionValue(Extension.cRLDistributionPoints.getId());
        if (value == null) {
            return Optional.empty();
        }
        try {
            CRLDistPoint points = CRLDistPoint.getInstance(JcaX509ExtensionUtils.parseExtensionValue(value));
            GeneralName[] names = GeneralNames.getInstance(points.getDistributionPoints()[0]
                            .getDistributionPoint()
                            .getName())
                    .getNames();
            return Optional.of(URI.create(names[0].getName().toString()));
        } catch (IOException | RuntimeException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read where the authority of '" + certificate.getSubjectX500Principal() + "' is",
                    "issue the credentials again",
                    e);
        }
    }

    X509Certificate sign(PrivateKey issuerKey) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(issuerKey)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw cannotSign(e);
        }
    }

    private void named(String uri, Set<InetAddress> addresses) throws CertIOException {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
    }

    private static WireException cannotSign(Exception cause) {
        return new WireException(ErrorCode.INTERNAL, "cannot make a certificate", "", cause);
    }
}
