package io.virtualwire.cloud.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;

/**
 * A pair of ed25519 keys as OpenSSH writes them, of somebody who logs in or of a host.
 *
 * @param privateText the private key, with its first and last line
 * @param publicLine the public one, as in {@code authorized_keys}, without the end of the line
 */
public record SshKeyPair(String privateText, String publicLine) {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(70, new byte[] {'\n'});

    /** @param comment whose it is */
    public static SshKeyPair generate(String comment) {
        Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(new SecureRandom());
        try {
            return new SshKeyPair(
                    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                            + LINES.encodeToString(OpenSSHPrivateKeyUtil.encodePrivateKey(key))
                            + "\n-----END OPENSSH PRIVATE KEY-----\n",
                    "ssh-ed25519 "
                            + Base64.getEncoder()
                                    .encodeToString(OpenSSHPublicKeyUtil.encodePublicKey(key.generatePublicKey()))
                            + " " + comment);
        } catch (IOException e) {
            throw new UncheckedIOException("a key in memory cannot be written", e);
        }
    }

    /** Whose it is may be read; what opens is not told. */
    @Override
    public String toString() {
        return publicLine;
    }
}
