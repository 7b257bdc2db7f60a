package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The private keys, certificates and requests for such of one PEM text, in the order in which they stand there. */
record PemText(List<PrivateKey> keys, List<X509Certificate> certificates, List<PKCS10CertificationRequest> requests) {
    private static final String HINT = "Issue them again with 'wire init' or copy an intact file.";

    static PemText parse(String origin, String text) {
        List<PrivateKey> keys = new ArrayList<>();
        List<X509Certificate> certificates = new ArrayList<>();
        List<PKCS10CertificationRequest> requests = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject item = reader.readPemObject(); item != null; item = reader.readPemObject()) {
                byte[] content = item.getContent();
                switch (item.getType()) {
                    case "PRIVATE KEY" -> keys.add(privateKey(content));
                    case "CERTIFICATE", "X509 CERTIFICATE" -> certificates.add(certificate(content));
                    case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" -> requests.add(request(content));
                    default -> throw new PEMException("unexpected " + item.getType());
                }
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new WireException(ErrorCode.CORRUPT, attempted(origin, String.valueOf(e.getMessage())), HINT, e);
        }
        return new PemText(List.copyOf(keys), List.copyOf(certificates), List.copyOf(requests));
    }

    /*
     * Keys and certificates by the JDK alone. Bouncy Castle's classes for them cost every command some 10 ms, and its converter would take
     * its own "ECDSA" wherever Bouncy Castle is among the providers, as it is once SSH was used: TLS takes no key whose algorithm is called
     * otherwise than its certificate's.
     */
    private static PrivateKey privateKey(byte[] content) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(content));
    }

    private static X509Certificate certificate(byte[] content) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
    }

    /** Bouncy Castle answers what is spoiled with whatever exception comes first. */
    private static PKCS10CertificationRequest request(byte[] content) throws IOException {
        try {
            return new PKCS10CertificationRequest(content);
        } catch (RuntimeException e) {
            throw new PEMException("malformed request: " + e.getMessage(), e);
        }
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
