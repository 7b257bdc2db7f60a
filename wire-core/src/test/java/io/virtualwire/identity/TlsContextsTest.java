package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.Identity;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;

class TlsContextsTest {
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials east = acme.issue("east");
    private final Credentials west = acme.issue("west");

    @Test
    void bothEndsProveWhoTheyAre() throws Exception {
        Handshake handshake = handshake(east, west);
        assertThat(TlsContexts.peer(handshake.client().getSession())).isEqualTo(west.identity());
        assertThat(TlsContexts.peer(handshake.server().getSession())).isEqualTo(east.identity());
        assertThat(handshake.client().getSession().getProtocol()).isEqualTo("TLSv1.3");
    }

    @Test
    void exporterGivesBothEndsTheSameKeyAndEveryConnectionAnother() throws Exception {
        Handshake first = handshake(east, west);
        Handshake second = handshake(east, west);
        assertThat(exported(first.client())).isEqualTo(exported(first.server()));
        assertThat(exported(second.client())).isEqualTo(exported(second.server()));
        assertThat(exported(first.client())).isNotEqualTo(exported(second.client()));
    }

    @Test
    void connectionsOfTheSamePairNeverResume() throws Exception {
        TlsContexts client = new TlsContexts(east);
        TlsContexts server = new TlsContexts(west);
        for (int round = 0; round < 3; round++) {
            Handshake handshake =
                    Handshake.run(client.clientEngine(west.identity()), server.serverEngine(east.identity()::equals));
            assertThat(handshake.server().getSession().getPeerCertificates()).hasSize(1);
            assertThat(handshake.server().getSession().getCreationTime()).isPositive();
            assertThat(handshake.resumed()).isFalse();
        }
    }

    @Test
    void clientRefusesAnotherMemberThanTheOneItExpects() {
        SSLEngine client = new TlsContexts(east).clientEngine(new Identity("acme", "north"));
        SSLEngine server = new TlsContexts(west).serverEngine(_ -> true);
        assertThatThrownBy(() -> Handshake.run(client, server)).isInstanceOf(SSLException.class);
    }

    @Test
    void serverRefusesAMemberItDoesNotAccept() {
        SSLEngine client = new TlsContexts(east).clientEngine(west.identity());
        SSLEngine server = new TlsContexts(west).serverEngine(_ -> false);
        assertThatThrownBy(() -> Handshake.run(client, server)).isInstanceOf(SSLException.class);
    }

    @Test
    void sameNamesUnderAnotherAuthorityAreStrangers() {
        Credentials impostor =
                TenantAuthority.create("acme", InstantSource.system()).issue("east");
        assertThatThrownBy(() -> handshake(impostor, west)).isInstanceOf(SSLException.class);
        Credentials impostorServer =
                TenantAuthority.create("acme", InstantSource.system()).issue("west");
        assertThatThrownBy(() -> handshake(east, impostorServer)).isInstanceOf(SSLException.class);
    }

    @Test
    void trustedAuthorityCannotSpeakForAnotherTenant() throws Exception {
        TenantAuthority rival = TenantAuthority.create("rival", InstantSource.system());
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair authorityPair = generator.generateKeyPair();
        KeyPair memberPair = generator.generateKeyPair();
        X500Name name = new X500Name("O=rival,CN=authority");
        CertificateDraft authority = draft(name, name, authorityPair);
        authority.authorityOf("rival");
        var rivalAuthority = authority.sign(authorityPair.getPrivate());
        CertificateDraft forged = draft(name, new X500Name("O=acme,CN=east"), memberPair);
        forged.memberNamed(new Identity("acme", "east"), rivalAuthority, Set.of());
        Credentials forger =
                new Credentials(memberPair.getPrivate(), forged.sign(authorityPair.getPrivate()), east.authorities());
        Credentials gullible = west.trusting(rivalAuthority).trusting(rival.certificate());
        assertThatThrownBy(() -> handshake(forger, gullible)).isInstanceOf(SSLException.class);
    }

    @Test
    void anotherTenantIsWelcomeWhereItsAuthorityIsTrusted() throws Exception {
        TenantAuthority friend = TenantAuthority.create("friend", InstantSource.system());
        Credentials guest = friend.issue("guest").trusting(acme.certificate());
        Handshake handshake = handshake(guest, west.trusting(friend.certificate()));
        assertThat(TlsContexts.peer(handshake.server().getSession())).isEqualTo(new Identity("friend", "guest"));
    }

    @Test
    void expiredCredentialsAreRefused() {
        InstantSource longAgo = InstantSource.fixed(Instant.now().minus(Duration.ofDays(30)));
        TenantAuthority old = TenantAuthority.create("acme", longAgo);
        Credentials expired = old.issue("east", Duration.ofDays(1));
        Credentials valid = old.issue("west", Duration.ofDays(60));
        assertThatThrownBy(() -> handshake(expired, valid)).isInstanceOf(SSLException.class);
    }

    @Test
    void strangerWithoutCertificateIsRefusedAndLearnsNoTenantName() throws Exception {
        SSLEngine stranger = strangerEngine(TlsContexts.parameters());
        SSLEngine server = new TlsContexts(west).serverEngine(_ -> true);
        assertThatThrownBy(() -> Handshake.run(stranger, server)).isInstanceOf(SSLException.class);
        assertThat(new TlsContexts(west).trustManager(_ -> true).getAcceptedIssuers())
                .isEmpty();
    }

    @Test
    void olderTlsIsRefused() throws Exception {
        SSLParameters old = new SSLParameters();
        old.setProtocols(new String[] {"TLSv1.2"});
        SSLEngine stranger = strangerEngine(old);
        SSLEngine server = new TlsContexts(west).serverEngine(_ -> true);
        assertThatThrownBy(() -> Handshake.run(stranger, server)).isInstanceOf(SSLException.class);
    }

    private static SSLEngine strangerEngine(SSLParameters parameters) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Gullible()}, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static CertificateDraft draft(X500Name issuer, X500Name subject, KeyPair pair) {
        return new CertificateDraft(
                issuer, subject, pair.getPublic(), Duration.ofDays(1), InstantSource.system(), new SecureRandom());
    }

    private static Handshake handshake(Credentials client, Credentials server) throws SSLException {
        return Handshake.run(
                new TlsContexts(client).clientEngine(server.identity()),
                new TlsContexts(server).serverEngine(client.identity()::equals));
    }

    private static List<Byte> exported(SSLEngine engine) throws Exception {
        byte[] data =
                ((ExtendedSSLSession) engine.getSession()).exportKeyingMaterialData("EXPERIMENTAL test", null, 32);
        List<Byte> bytes = new ArrayList<>();
        for (byte b : data) {
            bytes.add(b);
        }
        return bytes;
    }

    /** Trusts everybody, as a curious stranger would. */
    private static final class Gullible implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
