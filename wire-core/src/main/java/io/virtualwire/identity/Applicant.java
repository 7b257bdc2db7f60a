package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Somebody with a key and no certificate for it yet; the key stays here. */
public final class Applicant {
    private final PrivateKey key;
    private final PKCS10CertificationRequest request;

    private Applicant(PrivateKey key, PKCS10CertificationRequest request) {
        this.key = key;
        this.request = request;
    }

    /** Makes a key. */
    public static Applicant named(Identity identity) {
        KeyPair pair = TenantAuthority.newKeyPair();
        try {
            return new Applicant(
                    pair.getPrivate(),
                    new JcaPKCS10CertificationRequestBuilder(TenantAuthority.name(identity), pair.getPublic())
                            .build(new JcaContentSignerBuilder(CertificateDraft.SIGNATURE).build(pair.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot ask for a certificate", "", e);
        }
    }

    /** The one that is kept in a file, so that the same question can be asked again; else a new one, kept there. */
    public static Applicant kept(Path file, Identity identity) {
        SecretFile kept = new SecretFile(file);
        if (Files.exists(file)) {
            PemText text = PemText.parse(file.toString(), kept.read());
            if (text.requests().size() != 1) {
                throw PemText.unreadable(file.toString(), "it holds no request");
            }
            return new Applicant(text.onlyKey(file.toString()), text.requests().getFirst());
        }
        Applicant made = named(identity);
        kept.write("# A key that waits for its certificate.\n" + PemText.write(made.key, made.request));
        return made;
    }

    /** What to send to the authority. */
    public String request() {
        return PemText.write(request);
    }

    /**
     * Takes the authority's answer.
     *
     * @param certificate as PEM
     * @param authorities whom to trust, the one that issued it among them
     * @throws WireException UNAUTHENTICATED if that is not a certificate for this key and name by one of those
     */
    public Credentials accept(String certificate, List<X509Certificate> authorities) {
        CertificateRequest asked = CertificateRequest.of(request);
        List<X509Certificate> answered =
                PemText.parse("the authority's answer", certificate).certificates();
        if (answered.size() != 1
                || !answered.getFirst().getPublicKey().equals(asked.key())
                || !SubjectNames.of(answered.getFirst()).identity().equals(asked.identity())
                || authorities.stream().noneMatch(it -> TenantAuthority.issued(it, answered.getFirst()))) {
            throw new WireException(
                    ErrorCode.UNAUTHENTICATED,
                    "cannot use what the authority answered: it is not a certificate for the key of "
                            + asked.identity(),
                    "check that the address is that of your own authority");
        }
        return new Credentials(key, answered.getFirst(), authorities);
    }
}
