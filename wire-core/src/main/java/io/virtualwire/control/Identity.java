package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /* Written out, as the other: what a record comes with is made at run time, which takes a short command 5 ms. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Identity identity && tenant.equals(identity.tenant) && name.equals(identity.name);
    }

    @Override
    public int hashCode() {
        return 31 * tenant.hashCode() + name.hashCode();
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
