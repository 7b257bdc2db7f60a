package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Who a daemon or person is: a name within a tenant, certified by the tenant's authority.
 *
 * <p>Written {@code tenant/name}; in a certificate it is the subject alternative name
 * {@code virtualwire://tenant/name}.
 */
public record Identity(String tenant, String name) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

    public Identity {
        requireLabel("tenant", tenant);
        requireLabel("name", name);
    }

    @JsonCreator
    public static Identity parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "identity '" + text + "' is not of the form tenant/name",
                    "write acme/host-a");
        }
        return new Identity(text.substring(0, slash), text.substring(slash + 1));
    }

    public URI uri() {
        return URI.create("virtualwire://" + tenant + "/" + name);
    }

    @Override
    @JsonValue
    public String toString() {
        return tenant + "/" + name;
    }

    private static void requireLabel(String what, String value) {
        if (!LABEL.matcher(value).matches()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    what + " '" + value + "' of an identity is not a name",
                    "use 1 to 63 of a-z 0-9 . _ -, beginning and ending with a letter or digit");
        }
    }
}
