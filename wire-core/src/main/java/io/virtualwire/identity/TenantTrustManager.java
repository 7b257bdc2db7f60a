package io.virtualwire.identity;

import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes a peer whose certificate a trusted authority issued <em>for the authority's own tenant</em>, which holds now and
 * was not revoked, and whose identity the caller accepts; host names and addresses play no part.
 */
final class TenantTrustManager extends X509ExtendedTrustManager {
    private final OwnIdentity self;
    private final Predicate<Identity> accepted;
    private final Duration extraGrace;

    /** @param extraGrace how long a certificate that has ended is believed beyond its own grace */
    TenantTrustManager(OwnIdentity self, Predicate<Identity> accepted, Duration extraGrace) {
        this.self = self;
        this.accepted = accepted;
        this.extraGrace = extraGrace;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        chains(chain).checkClientTrusted(chain, authType);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        chains(chain).checkServerTrusted(chain, authType);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        chains(chain).checkClientTrusted(chain, authType, socket);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        chains(chain).checkServerTrusted(chain, authType, socket);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        chains(chain).checkClientTrusted(chain, authType, engine);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        chains(chain).checkServerTrusted(chain, authType, engine);
        checkIdentity(chain[0]);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        // Empty on purpose: a server must not tell strangers which tenants it serves.
        return new X509Certificate[0];
    }

    /** The JDK's own check of chains, at the moment that our clock and the grace say. */
    private X509ExtendedTrustManager chains(X509Certificate[] chain) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("the peer showed no certificate");
        }
        try {
            KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
            anchors.load(null, null);
            int number = 0;
            for (X509Certificate authority : authorities()) {
                anchors.setCertificateEntry("authority-" + number++, authority);
            }
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            // Lists are checked below; the JDK would look for them in places that certificates name.
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(Lifetime.of(chain[0]).judgedAt(self.now(), extraGrace)));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new CertificateException("the authorities of " + self.identity() + " cannot be used", e);
        }
    }

    private void checkIdentity(X509Certificate certificate) throws CertificateException {
        Identity identity;
        try {
            identity = SubjectNames.of(certificate).identity();
        } catch (WireException nameless) {
            throw new CertificateException(nameless.getMessage(), nameless);
        }
        boolean ownTenant = authorities().stream()
                .filter(authority -> SubjectNames.of(authority).tenant().equals(identity.tenant()))
                .anyMatch(authority -> TenantAuthority.issued(authority, certificate));
        if (!ownTenant) {
            throw new CertificateException(identity + " is vouched for by another tenant's authority");
        }
        if (self.revocations().isOfRetired(certificate)) {
            throw new CertificateException("the authority that issued the certificate of " + identity + " was retired");
        }
        if (self.revocations().isRevoked(certificate)) {
            throw new CertificateException("the certificate of " + identity + " was revoked");
        }
        if (!accepted.test(identity)) {
            throw new CertificateException(identity + " is not the peer expected here");
        }
    }

    private List<X509Certificate> authorities() {
        return self.authorities();
    }
}
