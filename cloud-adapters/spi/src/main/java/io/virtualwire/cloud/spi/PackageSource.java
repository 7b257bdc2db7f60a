package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a host gets VirtualWire's Debian package.
 *
 * @param uri by HTTP or HTTPS, for anybody who asks: what it names is not secret
 * @param sha256 of the package, as hexadecimal digits; without HTTPS it alone says that the right one came
 */
public record PackageSource(URI uri, String sha256) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> SCHEMES = Set.of("http", "https");

    public PackageSource {
        if (uri.getScheme() == null
                || !SCHEMES.contains(uri.getScheme())
                || uri.getHost() == null
                || uri.getUserInfo() != null) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "a package cannot be fetched from '" + uri + "'",
                    "use http:// or https://, without a password: everybody on the host can read it");
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + sha256 + "' is no SHA-256 of a package",
                    "use the 64 hexadecimal digits that sha256sum prints");
        }
    }
}
