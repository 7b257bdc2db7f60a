package io.virtualwire.identity;

import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes the service of one authority, known by the fingerprint of its certificate, which the service shows behind its own.
 */
final class FingerprintTrustManager extends X509ExtendedTrustManager {
    private static final int CHAIN = 2;

    private final Fingerprint authority;
    private final Identity service;
    private final InstantSource clock;

    FingerprintTrustManager(Fingerprint authority, Identity service, InstantSource clock) {
        this.authority = authority;
        this.service = service;
        this.clock = clock;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (chain.length != CHAIN || !Fingerprint.of(chain[1]).equals(authority)) {
            throw new CertificateException("it is not the authority that the token names");
        }
        try {
            if (!TenantAuthority.isAuthority(chain[1])
                    || !TenantAuthority.issued(chain[1], chain[0])
                    || !SubjectNames.of(chain[0]).identity().equals(service)) {
                throw new CertificateException("it does not prove to be " + service);
            }
        } catch (WireException nameless) {
            throw new CertificateException(nameless.getMessage(), nameless);
        }
        chain[0].checkValidity(Date.from(Lifetime.of(chain[0]).judgedAt(clock.instant(), Lifetime.RENEWAL_GRACE)));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
