package io.virtualwire.identity;

import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes a peer whose certificate a trusted authority issued <em>for the authority's own tenant</em> and whose
 * identity the caller accepts; host names and addresses play no part.
 */
final class TenantTrustManager extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager chains;
    private final List<X509Certificate> authorities;
    private final Predicate<Identity> accepted;

    TenantTrustManager(
            X509ExtendedTrustManager chains, List<X509Certificate> authorities, Predicate<Identity> accepted) {
        this.chains = chains;
        this.authorities = authorities;
        this.accepted = accepted;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        chains.checkClientTrusted(chain, authType);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        chains.checkServerTrusted(chain, authType);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        chains.checkClientTrusted(chain, authType, socket);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        chains.checkServerTrusted(chain, authType, socket);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        chains.checkClientTrusted(chain, authType, engine);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        chains.checkServerTrusted(chain, authType, engine);
        checkIdentity(chain[0]);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        // Empty on purpose: a server must not tell strangers which tenants it serves.
        return new X509Certificate[0];
    }

    private void checkIdentity(X509Certificate certificate) throws CertificateException {
        Identity identity;
        try {
            identity = SubjectNames.of(certificate).identity();
        } catch (WireException nameless) {
            throw new CertificateException(nameless.getMessage(), nameless);
        }
        boolean ownTenant = authorities.stream()
                .filter(authority -> SubjectNames.of(authority).tenant().equals(identity.tenant()))
                .anyMatch(authority -> issued(authority, certificate));
        if (!ownTenant) {
            throw new CertificateException(identity + " is vouched for by another tenant's authority");
        }
        if (!accepted.test(identity)) {
            throw new CertificateException(identity + " is not the peer expected here");
        }
    }

    private static boolean issued(X509Certificate authority, X509Certificate certificate) {
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
}
