package io.virtualwire.node;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * By what a request is known again when it is repeated.
 *
 * @param key chosen by who asks, empty if that is all the same to them
 * @param digest the same for the same request only
 */
record RequestKey(String key, String digest) {
    static final RequestKey NONE = new RequestKey("", "");
    private static final int LONGEST = 128;

    /** A key, and all that makes up the request. */
    static RequestKey of(String key, List<String> request) {
        if (key.isEmpty()) {
            return NONE;
        }
        if (key.length() > LONGEST) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "an idempotency key has at most " + LONGEST + " characters", "take a UUID");
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : request) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return new RequestKey(key, HexFormat.of().formatHex(digest.digest(), 0, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new WireException(ErrorCode.INTERNAL, "this JDK has no SHA-256", "", e);
        }
    }
}
