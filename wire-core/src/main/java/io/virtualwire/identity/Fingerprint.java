package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/** A SHA-256 digest, written as 64 hexadecimal digits: stands for something that need not be shown. */
public record Fingerprint(String digits) {
    private static final int LENGTH = 64;

    public Fingerprint {
        if (digits.length() != LENGTH || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + digits + "' is not a fingerprint", "write 64 hexadecimal digits");
        }
    }

    /** Of a certificate, all of it. */
    public static Fingerprint of(X509Certificate certificate) {
        try {
            return of(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot take a certificate's fingerprint", "", e);
        }
    }

    /** Of a secret that is long enough not to be guessed. */
    public static Fingerprint of(String secret) {
        return of(secret.getBytes(StandardCharsets.UTF_8));
    }

    static Fingerprint of(byte[] bytes) {
        try {
            return new Fingerprint(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (GeneralSecurityException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot compute SHA-256", "use a JDK that has it", e);
        }
    }

    @Override
    public String toString() {
        return digits;
    }
}
