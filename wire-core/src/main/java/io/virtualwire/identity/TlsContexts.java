package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ends of mutual TLS 1.3 connections in which both sides prove an {@link Identity}.
 *
 * <p>Every connection has an {@link SSLContext} of its own, so there is nothing to resume: each handshake agrees on
 * fresh keys and checks the peer's certificate again. An end refuses its peer within the handshake.
 */
public final class TlsContexts {
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] CIPHER_SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};

    private final OwnIdentity self;
    private final X509ExtendedKeyManager keyManager;

    /** Contexts for a daemon; each handshake reads its credentials of that moment. */
    public TlsContexts(OwnIdentity self) {
        this.self = self;
        this.keyManager = new OwnKeyManager(self::credentials, false);
    }

    /** Contexts for somebody whose credentials stay as they are. */
    public TlsContexts(Credentials credentials) {
        this(OwnIdentity.of(credentials));
    }

    /** Who this end proves to be. */
    public Identity identity() {
        return self.identity();
    }

    /** What this end proves itself with. */
    public OwnIdentity self() {
        return self;
    }

    /** What a finished handshake proved, and how long that holds. */
    public Standing standing(SSLSession session) {
        Certificate[] own = session.getLocalCertificates();
        X509Certificate shown = own == null ? self.credentials().certificate() : (X509Certificate) own[0];
        return new Standing(self, shown, certificate(session));
    }

    /** What a handshake of another process of this daemon proved, by the certificates that were shown, in DER. */
    public Standing standing(byte[] own, byte[] peer) {
        return new Standing(self, decoded(own), decoded(peer));
    }

    private static X509Certificate decoded(byte[] certificate) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        } catch (CertificateException e) {
            throw new WireException(
                    ErrorCode.CORRUPT, "a certificate that was passed on cannot be read: " + e.getMessage(), "", e);
        }
    }

    /**
     * Sees to it that a connection ends when its peer's certificate does, or is revoked; at once, if that has happened.
     *
     * @param cut ends the connection; must not block
     */
    public Guard guard(SSLSession session, Runnable cut) {
        return self.guard(standing(session), cut);
    }

    /** The client's end of a connection to exactly one peer. */
    public SSLEngine clientEngine(Identity expected) {
        return engine(expected::equals, true);
    }

    /** The server's end of a connection; the predicate says which peers may complete the handshake. */
    public SSLEngine serverEngine(Predicate<Identity> accepted) {
        return engine(accepted, false);
    }

    /** Layers the client's end over a connected socket; the handshake starts with the first byte. */
    public SSLSocket clientSocket(Socket connected, Identity expected) throws IOException {
        return socket(connected, expected::equals, true);
    }

    /** Layers the server's end over an accepted socket. */
    public SSLSocket serverSocket(Socket accepted, Predicate<Identity> peers) throws IOException {
        return socket(accepted, peers, false);
    }

    /** The key manager, for libraries that build their own contexts. */
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /** A trust manager, for libraries that build their own contexts. */
    public X509ExtendedTrustManager trustManager(Predicate<Identity> accepted) {
        return new TenantTrustManager(self, accepted, Duration.ZERO);
    }

    /** A context for one connection; the caller applies {@link #parameters()} to what it makes of it. */
    public SSLContext context(Predicate<Identity> accepted) {
        return context(keyManager, trustManager(accepted));
    }

    private static SSLContext context(@Nullable KeyManager keys, TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOLS[0]);
            context.init(keys == null ? new KeyManager[0] : new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot make a TLS 1.3 context", "use a JDK with the SunJSSE provider", e);
        }
    }

    /** TLS 1.3 and nothing else, both ends with a certificate, no host names. */
    public static SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters(CIPHER_SUITES.clone(), PROTOCOLS.clone());
        parameters.setNeedClientAuth(true);
        return parameters;
    }

    /** The certificate that the peer of a finished handshake showed; empty if it showed none. */
    public static Optional<X509Certificate> shown(SSLSession session) {
        try {
            return Optional.of((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /**
     * For the authority's own service: shows the authority's certificate too, for those who know but its fingerprint.
     */
    public X509ExtendedKeyManager keyManagerWithAuthority() {
        return new OwnKeyManager(self::credentials, true);
    }

    /** For the authority's own service: believes a certificate that has ended, for as long as it may be renewed. */
    public X509ExtendedTrustManager renewalTrustManager() {
        return new TenantTrustManager(self, _ -> true, Lifetime.RENEWAL_GRACE);
    }

    /**
     * A context for somebody who has no credentials yet: believes exactly one service, by its authority's fingerprint.
     */
    public static SSLContext strangerContext(Fingerprint authority, Identity service, InstantSource clock) {
        return context(null, new FingerprintTrustManager(authority, service, clock));
    }

    /** The present reading of the clock that {@link Standing}s count on. */
    public long now() {
        return self.ticker().nanoTime();
    }

    /** Who the peer of a finished handshake proved to be. */
    public static Identity peer(SSLSession session) {
        return SubjectNames.of(certificate(session)).identity();
    }

    private static X509Certificate certificate(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new WireException(
                    ErrorCode.UNAUTHENTICATED, "cannot tell who the TLS peer is: it showed no certificate", "", e);
        }
    }

    private SSLEngine engine(Predicate<Identity> accepted, boolean client) {
        SSLEngine engine = context(accepted).createSSLEngine();
        engine.setUseClientMode(client);
        engine.setSSLParameters(parameters());
        return engine;
    }

    private SSLSocket socket(Socket connected, Predicate<Identity> accepted, boolean client) throws IOException {
        String address = connected.getInetAddress().getHostAddress();
        SSLSocket socket = (SSLSocket)
                context(accepted).getSocketFactory().createSocket(connected, address, connected.getPort(), true);
        socket.setUseClientMode(client);
        socket.setSSLParameters(parameters());
        return socket;
    }
}
