package io.virtualwire.cloud.libvirt;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process shows itself with to hypervisors that are reached by TLS, and by what it knows them.
 *
 * @param folder of {@code cacert.pem}, {@code clientcert.pem} and {@code clientkey.pem}; libvirt looks in its own places if that is
 *     not there
 */
public record LibvirtCredentials(Path folder) {
    private static final String TLS = "+tls";
    private static final String WHERE = "pkipath";

    /** The same URI, with where the credentials are if it needs some and does not say. */
    public String in(String uri) {
        URI parsed = URI.create(uri);
        boolean needed = parsed.getScheme() != null && parsed.getScheme().endsWith(TLS);
        boolean said = parsed.getQuery() != null && parsed.getQuery().contains(WHERE + "=");
        if (!needed || said || !Files.exists(folder.resolve("clientcert.pem"))) {
            return uri;
        }
        return uri + (parsed.getQuery() == null ? "?" : "&") + WHERE + "=" + folder;
    }
}
