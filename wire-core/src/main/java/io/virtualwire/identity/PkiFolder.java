package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Credentials as libvirt and its like want them: {@code cacert.pem}, {@code clientcert.pem} and {@code clientkey.pem} of a folder. */
public final class PkiFolder {
    private static final int KEY_BITS = 256;

    private final Path folder;

    public PkiFolder(Path folder) {
        this.folder = folder;
    }

    /** Writes all three, readable by their owner only, the key last: who finds that finds the others. */
    public void write(Credentials credentials) {
        file("cacert.pem").write(PemText.write(credentials.authorities().toArray()));
        file("clientcert.pem").write(PemText.write(credentials.certificate()));
        file("clientkey.pem").write(PemText.write(whole(credentials.key(), credentials.certificate())));
    }

    private SecretFile file(String name) {
        return new SecretFile(folder.resolve(name));
    }

    /* The JDK leaves the public half out, which RFC 5915 permits; GnuTLS reads no key without it. */
    private static PrivateKeyInfo whole(PrivateKey key, X509Certificate certificate) {
        if (!(key instanceof ECPrivateKey curve)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "cannot export a key that is not of EC P-256", "issue another");
        }
        SubjectPublicKeyInfo half =
                SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
        try {
            return new PrivateKeyInfo(
                    half.getAlgorithm(),
                    new org.bouncycastle.asn1.sec.ECPrivateKey(
                            KEY_BITS,
                            curve.getS(),
                            half.getPublicKeyData(),
                            half.getAlgorithm().getParameters()));
        } catch (IOException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write a key as PEM", "", e);
        }
    }
}
