package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host to be made.
 *
 * @param name 1 to 15 of {@code a-z 0-9 -}, beginning with a letter
 * @param type the cloud's word for a size, null for its default
 * @param userData what cloud-init is given at the first boot, or empty; a cloud whose hosts do not boot ignores it
 * @param patience how long it may take until it runs
 */
public record HostOrder(String name, @Nullable String type, String userData, Duration patience) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,14}");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    public HostOrder {
        requireName(name);
    }

    /** A host of the cloud's default size. */
    public static HostOrder of(String name) {
        return new HostOrder(name, null, "", PATIENCE);
    }

    public HostOrder withType(@Nullable String size) {
        return new HostOrder(name, size, userData, patience);
    }

    public HostOrder withUserData(String text) {
        return new HostOrder(name, type, text, patience);
    }

    public HostOrder within(Duration limit) {
        return new HostOrder(name, type, userData, limit);
    }

    /** Returns the name if a host may have it in every cloud. */
    public static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + name + "' cannot be a host's name",
                    "use 1 to 15 of a-z 0-9 -, beginning with a letter");
        }
        return name;
    }
}
