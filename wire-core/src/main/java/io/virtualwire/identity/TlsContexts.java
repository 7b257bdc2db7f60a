package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Makes the ends of mutual TLS 1.3 connections in which both sides prove an {@link Identity}.
 *
 * <p>Every connection has an {@link SSLContext} of its own, so there is nothing to resume: each handshake agrees on
 * fresh keys and checks the peer's certificate again. An end refuses its peer within the handshake.
 */
public final class TlsContexts {
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] CIPHER_SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};

    private final Credentials credentials;
    private final X509ExtendedKeyManager keyManager;
    private final X509ExtendedTrustManager chains;

    /** Contexts for one daemon or person. */
    public TlsContexts(Credentials credentials) {
        this.credentials = credentials;
        this.keyManager = new OwnKeyManager(credentials);
        this.chains = chains(credentials);
    }

    /** Who this end proves to be. */
    public Identity identity() {
        return credentials.identity();
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
        return new TenantTrustManager(chains, credentials.authorities(), accepted);
    }

    /** A context for one connection; the caller applies {@link #parameters()} to what it makes of it. */
    public SSLContext context(Predicate<Identity> accepted) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOLS[0]);
            context.init(new KeyManager[] {keyManager}, new TrustManager[] {trustManager(accepted)}, null);
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

    /** Who the peer of a finished handshake proved to be. */
    public static Identity peer(SSLSession session) {
        try {
            return SubjectNames.of((X509Certificate) session.getPeerCertificates()[0])
                    .identity();
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

    private static X509ExtendedTrustManager chains(Credentials credentials) {
        try {
            KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
            anchors.load(null, null);
            int number = 0;
            for (X509Certificate authority : credentials.authorities()) {
                anchors.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(anchors);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot trust the authorities of " + credentials.identity(), "", e);
        }
    }
}
