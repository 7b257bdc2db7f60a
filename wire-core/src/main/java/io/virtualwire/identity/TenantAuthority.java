package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A tenant's own certificate authority, which says who is who within that tenant and nowhere else.
 *
 * <p>Keys are EC P-256: every TLS 1.3 peer takes them for either end (RFC 8446, section 9.1).
 */
public final class TenantAuthority {
    /** How long an authority's own certificate holds. */
    public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

    /** How long credentials hold unless the caller says otherwise. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofDays(397);

    /** The name of the service in which an authority answers, within its tenant. */
    public static final String SERVICE = "authority";

    private final String tenant;
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    private TenantAuthority(String tenant, PrivateKey key, X509Certificate certificate, InstantSource clock) {
        this.tenant = tenant;
        this.key = key;
        this.certificate = certificate;
        this.clock = clock;
    }

    /** Makes an authority in memory. */
    public static TenantAuthority create(String tenant, InstantSource clock) {
        // An identity within the tenant, because Identity states the rule for names.
        Identity self = new Identity(tenant, SERVICE);
        KeyPair pair = newKeyPair();
        X500Name name = name(self);
        CertificateDraft draft =
                new CertificateDraft(name, name, pair.getPublic(), AUTHORITY_VALIDITY, clock, new SecureRandom());
        draft.authorityOf(tenant);
        return new TenantAuthority(tenant, pair.getPrivate(), draft.sign(pair.getPrivate()), clock);
    }

    /** Reads an authority that {@link #save} wrote. */
    public static TenantAuthority load(Path folder, InstantSource clock) {
        Path certificateFile = certificateFile(folder);
        Path keyFile = keyFile(folder);
        X509Certificate certificate = loadCertificate(certificateFile);
        PrivateKey key = PemText.parse(keyFile.toString(), new SecretFile(keyFile).read())
                .onlyKey(keyFile.toString());
        return new TenantAuthority(SubjectNames.of(certificate).tenant(), key, certificate, clock);
    }

    /** Reads an authority's public half, for somebody who is to trust it. */
    public static X509Certificate loadCertificate(Path file) {
        return parseCertificate(file.toString(), new SecretFile(file).read());
    }

    /** Reads an authority's public half from PEM text. */
    public static X509Certificate parseCertificate(String origin, String pem) {
        PemText text = PemText.parse(origin, pem);
        if (text.certificates().size() != 1 || !isAuthority(text.certificates().getFirst())) {
            throw PemText.unreadable(origin, "it is not the certificate of one tenant's authority");
        }
        return text.certificates().getFirst();
    }

    /** Reads a member's certificate from PEM text. */
    public static X509Certificate parseMember(String origin, String pem) {
        PemText text = PemText.parse(origin, pem);
        if (text.certificates().size() != 1) {
            throw PemText.unreadable(origin, "it is not one certificate");
        }
        return text.certificates().getFirst();
    }

    /** A certificate as PEM text. */
    public static String pem(X509Certificate certificate) {
        return PemText.write(certificate);
    }

    /** Writes {@code ca.key} and {@code ca.crt}; refuses to replace an authority, whose issues would become void. */
    public void save(Path folder) {
        if (Files.exists(keyFile(folder)) || Files.exists(certificateFile(folder))) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "cannot make an authority for tenant " + tenant + " in " + folder + ": there is one already",
                    "use it as it is, or set WIRE_HOME to another folder");
        }
        new SecretFile(keyFile(folder)).write(PemText.write(key));
        new SecretFile(certificateFile(folder)).write(PemText.write(certificate));
    }

    /** Issues credentials with the default validity. */
    public Credentials issue(String name) {
        return issue(name, DEFAULT_VALIDITY);
    }

    /** Makes a key, and a certificate for it that this authority vouches for; good for either end of TLS. */
    public Credentials issue(String name, Duration validity) {
        return issue(name, validity, Optional.empty());
    }

    /** The same, with a certificate that says where this authority can be asked. */
    public Credentials issue(String name, Duration validity, Optional<URI> service) {
        KeyPair pair = newKeyPair();
        return new Credentials(
                pair.getPrivate(),
                certify(new Identity(tenant, name), pair.getPublic(), validity, service),
                List.of(certificate));
    }

    /** Credentials for the service in which this authority answers; nobody else gets its name. */
    public Credentials issueOwn(Duration validity) {
        return issue(SERVICE, validity);
    }

    /**
     * Vouches for somebody else's key.
     *
     * @param service where the certificate says that this authority can be asked
     */
    public X509Certificate certify(Identity identity, PublicKey subject, Duration validity, Optional<URI> service) {
        return certify(identity, subject, validity, service, Set.of());
    }

    /**
     * Vouches for somebody else's key, and for its holder being at these addresses.
     *
     * @param service where the certificate says that this authority can be asked
     */
    public X509Certificate certify(
            Identity identity,
            PublicKey subject,
            Duration validity,
            Optional<URI> service,
            Set<InetAddress> addresses) {
        if (!identity.tenant().equals(tenant)) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot vouch for " + identity + ": this is the authority of tenant " + tenant,
                    "ask that tenant's authority");
        }
        CertificateDraft draft = new CertificateDraft(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                name(identity),
                subject,
                validity,
                clock,
                random);
        draft.memberNamed(identity, certificate, addresses);
        service.ifPresent(draft::listAt);
        return draft.sign(key);
    }

    /**
     * Signs a revocation list.
     *
     * @param number higher than that of any list before
     * @param revoked serial number, and since when
     */
    public RevocationList revocationList(long number, Map<BigInteger, Instant> revoked) {
        return revocationList(number, revoked, Optional.empty());
    }

    /**
     * The same, and says who takes this authority's place.
     *
     * @param succession of the same tenant
     */
    public RevocationList revocationList(
            long number, Map<BigInteger, Instant> revoked, Optional<Succession> succession) {
        try {
            JcaX509v2CRLBuilder list =
                    new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(clock.instant()));
            list.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            if (succession.isPresent()) {
                list.addExtension(Succession.EXTENSION, false, succession.get().encoded());
            }
            revoked.forEach(
                    (serial, since) -> list.addCRLEntry(serial, Date.from(since), CRLReason.privilegeWithdrawn));
            return new RevocationList(new JcaX509CRLConverter()
                    .getCRL(list.build(new JcaContentSignerBuilder(CertificateDraft.SIGNATURE).build(key))));
        } catch (OperatorCreationException | GeneralSecurityException | IOException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot sign a revocation list", "", e);
        }
    }

    /** The tenant that this authority speaks for. */
    public String tenant() {
        return tenant;
    }

    /** The public half, which others trust. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Whether {@code authority} signed that certificate. */
    public static boolean issued(X509Certificate authority, X509Certificate certificate) {
        if (!Arrays.equals(
                authority.getSubjectX500Principal().getEncoded(),
                certificate.getIssuerX500Principal().getEncoded())) {
            return false;
        }
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException otherKey) {
            return false;
        }
    }

    /** Whether a certificate is a tenant's authority: it may sign, and it carries a tenant's name. */
    static boolean isAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0
                && SubjectNames.of(certificate).isAuthority();
    }

    private static Path certificateFile(Path folder) {
        return folder.resolve("ca.crt");
    }

    private static Path keyFile(Path folder) {
        return folder.resolve("ca.key");
    }

    static X500Name name(Identity identity) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, identity.tenant())
                .addRDN(BCStyle.CN, identity.name())
                .build();
    }

    static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot make an EC P-256 key", "use a JDK with SunEC", e);
        }
    }
}
