package io.virtualwire.cloud.ec2.standin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks a request's AWS Signature, version 4: who sent it, when, and that nothing of it was changed. */
final class Signature {
    private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    private final String region;
    private final String service;
    private final Map<String, String> secrets;
    private final Clock clock;

    /** @param secrets by the ids of their access keys */
    Signature(String region, String service, Map<String, String> secrets, Clock clock) {
        this.region = region;
        this.service = service;
        this.secrets = Map.copyOf(secrets);
        this.clock = clock;
    }

    /**
     * @param headers by their names in lower case
     * @return the access key's id
     */
    String check(String method, String path, Map<String, String> headers, byte[] body) {
        String authorization = headers.get("authorization");
        if (authorization == null || !authorization.startsWith(ALGORITHM + " ")) {
            throw new ApiError(
                    401, "AuthFailure", "AWS was not able to validate the provided access credentials: no signature");
        }
        Map<String, String> parts = parts(authorization.substring(ALGORITHM.length() + 1));
        String[] scope = parts.getOrDefault("Credential", "").split("/");
        List<String> signed =
                Arrays.asList(parts.getOrDefault("SignedHeaders", "").split(";"));
        if (scope.length != 5 || !scope[4].equals("aws4_request")) {
            throw new ApiError(403, "IncompleteSignature", "Credential must have five parts, the last aws4_request");
        }
        String secret = secrets.get(scope[0]);
        if (secret == null) {
            throw new ApiError(401, "AuthFailure", "AWS was not able to validate the provided access credentials");
        }
        if (!scope[2].equals(region) || !scope[3].equals(service)) {
            throw new ApiError(
                    403,
                    "SignatureDoesNotMatch",
                    "Credential should be scoped to region '" + region + "' and service '" + service + "', not "
                            + scope[2] + "/" + scope[3]);
        }
        if (!signed.contains("host") || !signed.contains("x-amz-date")) {
            throw new ApiError(403, "IncompleteSignature", "host and x-amz-date must be signed");
        }
        String date = headers.getOrDefault("x-amz-date", "");
        requireNow(date);
        if (!date.startsWith(scope[1])) {
            throw new ApiError(403, "SignatureDoesNotMatch", "The date of the credential is not that of the request");
        }
        String expected = sign(secret, scope, date, canonical(method, path, headers, signed, body));
        if (!MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII),
                parts.getOrDefault("Signature", "").getBytes(StandardCharsets.US_ASCII))) {
            throw new ApiError(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided.");
        }
        return scope[0];
    }

    private void requireNow(String date) {
        try {
            Duration off = Duration.between(
                            LocalDateTime.parse(date, INSTANT).toInstant(ZoneOffset.UTC), clock.instant())
                    .abs();
            if (off.compareTo(TOLERANCE) > 0) {
                throw ApiError.of("RequestExpired", "Request has expired: it is of " + date);
            }
        } catch (DateTimeException e) {
            throw new ApiError(403, "IncompleteSignature", "x-amz-date must be like 20260101T000000Z");
        }
    }

    private static Map<String, String> parts(String header) {
        Map<String, String> parts = new TreeMap<>();
        for (String part : header.split(",")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(
                        part.substring(0, equals).strip(),
                        part.substring(equals + 1).strip());
            }
        }
        return parts;
    }

    private static String canonical(
            String method, String path, Map<String, String> headers, List<String> signed, byte[] body) {
        StringBuilder text = new StringBuilder(method).append('\n').append(path).append("\n\n");
        for (String name : signed) {
            String value = headers.get(name);
            if (value == null) {
                throw new ApiError(403, "SignatureDoesNotMatch", "The signed header " + name + " is not there");
            }
            text.append(name)
                    .append(':')
                    .append(value.strip().replaceAll(" +", " "))
                    .append('\n');
        }
        return text.append('\n')
                .append(String.join(";", signed))
                .append('\n')
                .append(digest(body))
                .toString();
    }

    private static String sign(String secret, String[] scope, String date, String canonical) {
        String toSign = ALGORITHM + "\n" + date + "\n"
                + String.join("/", Arrays.asList(scope).subList(1, 5)) + "\n"
                + digest(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i < 5; i++) {
            key = hmac(key, scope[i]);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
