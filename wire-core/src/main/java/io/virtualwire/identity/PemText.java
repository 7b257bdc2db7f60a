package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** The private keys, certificates and requests for such of one PEM text, in the order in which they stand there. */
record PemText(List<PrivateKey> keys, List<X509Certificate> certificates, List<PKCS10CertificationRequest> requests) {
    private static final String HINT = "Issue them again with 'wire init' or copy an intact file.";

    static PemText parse(String origin, String text) {
        List<PrivateKey> keys = new ArrayList<>();
        List<X509Certificate> certificates = new ArrayList<>();
        List<PKCS10CertificationRequest> requests = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                switch (item) {
                    case PrivateKeyInfo key -> keys.add(privateKey(key));
                    case X509CertificateHolder holder ->
                        certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
                    case PKCS10CertificationRequest request -> requests.add(request);
                    default ->
                        throw new PEMException("unexpected " + item.getClass().getSimpleName());
                }
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new WireException(ErrorCode.CORRUPT, attempted(origin, String.valueOf(e.getMessage())), HINT, e);
        }
        return new PemText(List.copyOf(keys), List.copyOf(certificates), List.copyOf(requests));
    }

    /**
     * Not by Bouncy Castle's converter, which would take its own "ECDSA" wherever Bouncy Castle is among the providers, as it is once SSH
     * was used: TLS takes no key whose algorithm is called otherwise than its certificate's.
     */
    private static PrivateKey privateKey(PrivateKeyInfo key) throws IOException, GeneralSecurityException {
        ASN1ObjectIdentifier algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
        return KeyFactory.getInstance(X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm) ? "EC" : algorithm.getId())
                .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
    }

    PrivateKey onlyKey(String origin) {
        if (keys.size() != 1) {
            throw unreadable(origin, "it holds " + keys.size() + " private keys instead of one");
        }
        return keys.getFirst();
    }

    static String write(Object... keysAndCertificates) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object item : keysAndCertificates) {
                // Keys as PKCS #8, which names its algorithm, whatever the writer would choose.
                writer.writeObject(item instanceof PrivateKey key ? new JcaPKCS8Generator(key, null) : item);
            }
        } catch (IOException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write a key or certificate as PEM", "", e);
        }
        return text.toString();
    }

    static WireException unreadable(String origin, String reason) {
        return new WireException(ErrorCode.CORRUPT, attempted(origin, reason), HINT);
    }

    private static String attempted(String origin, String reason) {
        return "cannot read credentials from " + origin + ": " + reason;
    }
}
