package io.virtualwire.control;

/**
 * What the tenant chooses about a side.
 *
 * @param role whether the side begins active or standby
 * @param plain whether payloads travel in the clear (headers stay authenticated); takes effect only if both sides ask
 */
public record ConnectOptions(Role role, boolean plain) {
    public static final ConnectOptions DEFAULT = new ConnectOptions(Role.ACTIVE, false);
}
