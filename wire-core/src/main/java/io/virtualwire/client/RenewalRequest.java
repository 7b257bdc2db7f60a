package io.virtualwire.client;

/**
 * How somebody with a certificate asks for the next one.
 *
 * @param request PKCS #10, as PEM; for the name that the caller's certificate has
 */
public record RenewalRequest(String request) {}
