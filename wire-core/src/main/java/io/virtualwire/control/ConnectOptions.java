package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * What the tenant chooses about a side.
 *
 * @param role whether the side begins active or standby
 * @param plain whether payloads travel in the clear (headers stay authenticated); takes effect only if both sides ask
 * @param backend what is to carry frames, if that is not {@link Backend#USER}; takes effect only if both sides ask
 */
public record ConnectOptions(
        Role role,
        boolean plain,
        // Left out where it says nothing, because an earlier release does not know it.
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Backend> backend) {
    public static final ConnectOptions DEFAULT = new ConnectOptions(Role.ACTIVE, false);

    public ConnectOptions {
        backend = backend.filter(it -> it != Backend.USER);
    }

    /** Carried by the process. */
    public ConnectOptions(Role role, boolean plain) {
        this(role, plain, Optional.empty());
    }

    /** The same in another role. */
    public ConnectOptions in(Role other) {
        return new ConnectOptions(other, plain, backend);
    }

    /** Whether a side that has these can be what {@code other} asks for; the role only says how it begins. */
    public boolean agreesWith(ConnectOptions other) {
        return plain == other.plain && backend.equals(other.backend);
    }

    /** What is asked for. */
    public Backend asked() {
        return backend.orElse(Backend.USER);
    }
}
