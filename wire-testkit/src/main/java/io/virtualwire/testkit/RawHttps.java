package io.virtualwire.testkit;

import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Asks a daemon on loopback things that no client of ours would, as the holder of some credentials. */
public final class RawHttps {
    private final SSLContext tls;
    private final int port;
    private final Map<String, String> headers;

    public RawHttps(Credentials credentials, int port) {
        this.port = port;
        this.headers = Map.of();
        try {
            tls = SSLContext.getInstance("TLSv1.3");
            tls.init(
                    new KeyManager[] {new TlsContexts(credentials).keyManager()},
                    new TrustManager[] {new Anybody()},
                    null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private RawHttps(RawHttps like, Map<String, String> headers) {
        this.tls = like.tls;
        this.port = like.port;
        this.headers = headers;
    }

    /** The same, with this header and no other. */
    public RawHttps with(String header, String value) {
        return new RawHttps(this, Map.of(header, value));
    }

    /** Sends a request without saying what language its body is in. */
    public HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().sslContext(tls).build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                    .method(method, BodyPublishers.ofString(body));
            headers.forEach(request::header);
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }

    /** A test may talk to its own server without asking who it is. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
