package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.WireException;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.SpoiledText;
import io.virtualwire.testkit.fuzz.Spoiler;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Credentials, certificates and revocation lists as no authority makes them. */
class CredentialsFuzzTest {
    private static final int LONGEST = 20_000;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials east = acme.issue("east");

    @Test
    void filesAreReadOrRefused() {
        String text = PemText.write(east.certificate(), east.key(), acme.certificate());
        Fuzz.of("credentials files")
                .refusing(WireException.class)
                .stillWorks(() ->
                        assertThat(Credentials.parse("it", text).identity()).isEqualTo(east.identity()))
                .run(
                        6_000,
                        either(new SpoiledText(List.of(text), LONGEST, "X509 CRL", "EC PARAMETERS"), text),
                        input -> Credentials.parse("it", new String(input, StandardCharsets.UTF_8)));
    }

    @Test
    void revocationListsAreReadOrRefused() {
        Succession succession = new Succession(
                Succession.Stage.ISSUES,
                TenantAuthority.create("acme", InstantSource.system()).certificate());
        String text = acme.revocationList(
                        7,
                        Map.of(BigInteger.TEN, Instant.EPOCH, BigInteger.ONE, Instant.EPOCH),
                        Optional.of(succession))
                .pem();
        Fuzz.of("revocation lists")
                .refusing(WireException.class)
                .stillWorks(() -> assertThat(RevocationList.parse("it", text).isSignedBy(acme.certificate()))
                        .isTrue())
                .run(10_000, either(new SpoiledText(List.of(text), LONGEST), text), input -> {
                    RevocationList list = RevocationList.parse("it", new String(input, StandardCharsets.UTF_8));
                    if (list.isSignedBy(acme.certificate()) && list.number() != 7) {
                        throw new AssertionError("a forged list was believed");
                    }
                });
    }

    @Test
    void requestsAreReadOrRefused() {
        String text = Applicant.named(east.identity()).request();
        CertificateRequest genuine = CertificateRequest.parse(text);
        Fuzz.of("certificate requests")
                .refusing(WireException.class)
                .stillWorks(() -> assertThat(CertificateRequest.parse(text)).isEqualTo(genuine))
                .run(4_000, either(new SpoiledText(List.of(text), LONGEST), text), input -> {
                    // Whatever is read was signed by the key in it, and there is one whose key is known here.
                    assertThat(CertificateRequest.parse(new String(input, StandardCharsets.UTF_8)))
                            .isEqualTo(genuine);
                });
    }

    @Test
    void certificatesOfStrangersAreNotBelieved() throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        TenantTrustManager trust =
                new TenantTrustManager(OwnIdentity.of(acme.issue("west")), peer -> true, Duration.ZERO);
        TenantAuthority other = TenantAuthority.create("acme", InstantSource.system());
        byte[] genuine = east.certificate().getEncoded();
        byte[] stranger = other.issue("east").certificate().getEncoded();
        Fuzz.of("certificates")
                .refusing(CertificateException.class)
                .stillWorks(() -> trust.checkClientTrusted(new X509Certificate[] {east.certificate()}, "EC"))
                .run(3_000, new SpoiledBytes(List.of(genuine, stranger), LONGEST), input -> {
                    var certificate = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(input));
                    trust.checkClientTrusted(new X509Certificate[] {certificate}, "EC");
                    // A signature may be written in several ways; what is signed may not.
                    assertThat(certificate.getTBSCertificate())
                            .isEqualTo(east.certificate().getTBSCertificate());
                });
    }

    /** The text spoiled as text, or the DER in its first block spoiled as bytes. */
    private static Spoiler either(Spoiler text, String pem) {
        int from = pem.indexOf('\n') + 1;
        int to = pem.indexOf("-----END");
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(from, to));
        Spoiler bytes = new SpoiledBytes(List.of(der), LONGEST);
        return random -> random.nextBoolean()
                ? text.next(random)
                : (pem.substring(0, from) + Base64.getMimeEncoder().encodeToString(bytes.next(random)) + "\n"
                                + pem.substring(to))
                        .getBytes(StandardCharsets.UTF_8);
    }
}
