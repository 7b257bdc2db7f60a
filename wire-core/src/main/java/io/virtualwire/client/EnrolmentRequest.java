package io.virtualwire.client;

/**
 * How somebody without a certificate asks for the first one.
 *
 * @param secret what the token contains
 * @param request PKCS #10, as PEM
 */
public record EnrolmentRequest(String secret, String request) {
    /** Names no secret: it must not reach a log. */
    @Override
    public String toString() {
        return "EnrolmentRequest";
    }
}
