package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.ec2.model.DescribeKeyPairsRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.ImportKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.KeyPairInfo;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** The key by which the person logs in to hosts: its private part stays in a file here, its public part goes to EC2. */
final class LoginKeys {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(70, new byte[] {'\n'});

    private final Ec2Access ec2;
    private final Tags tags;
    private final Path file;
    private final boolean ours;

    /** @param folder where one is made if the settings name none */
    LoginKeys(Ec2Access ec2, Tags tags, Ec2Settings settings, Path folder) {
        this.ec2 = ec2;
        this.tags = tags;
        this.ours = settings.sshKey().isEmpty();
        this.file = settings.sshKey().orElse(folder.resolve("login"));
    }

    /** The private key. */
    Path file() {
        return file;
    }

    List<KeyPairInfo> all() {
        return ec2.ask(
                        "list key pairs",
                        () -> ec2.client()
                                .describeKeyPairs(DescribeKeyPairsRequest.builder()
                                        .filters(tags.filters())
                                        .build()))
                .keyPairs();
    }

    /** The name of the host's key pair, which is imported if it is not there. */
    String ensure(String host) {
        String name = tags.nameOf(host);
        // Whose it was that is there already nobody knows: another machine may have made it with a key of its own.
        delete(host);
        ImportKeyPairRequest request = ImportKeyPairRequest.builder()
                .keyName(name)
                .publicKeyMaterial(SdkBytes.fromUtf8String(publicKey()))
                .tagSpecifications(tags.on(ResourceType.KEY_PAIR, host))
                .build();
        ec2.ask("import the key to log in to host " + host, () -> {
            try {
                return ec2.client().importKeyPair(request);
            } catch (Ec2Exception e) {
                // Its answer was lost, and it was asked again.
                if (!Ec2Access.codeOf(e).equals("InvalidKeyPair.Duplicate")) {
                    throw e;
                }
                return e;
            }
        });
        return name;
    }

    void delete(String host) {
        ec2.ask(
                "delete the key pair of host " + host,
                () -> ec2.client().deleteKeyPair(request -> request.keyName(tags.nameOf(host))));
    }

    private String publicKey() {
        Path beside = file.resolveSibling(file.getFileName() + ".pub");
        try {
            if (ours && !Files.exists(file)) {
                make(beside);
            }
            return Files.readString(beside, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the public key " + beside + ": " + IoReason.of(e),
                    ours
                            ? "remove " + file + ", and another pair is made"
                            : "make it with 'ssh-keygen -y -f " + file + "'",
                    e);
        }
    }

    private void make(Path beside) throws IOException {
        Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(new SecureRandom());
        String text = "ssh-ed25519 "
                + Base64.getEncoder().encodeToString(OpenSSHPublicKeyUtil.encodePublicKey(key.generatePublicKey()))
                + " virtualwire-" + tags.cloud() + "\n";
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        // The public part first: where the private one is, both are.
        Files.writeString(beside, text, StandardCharsets.US_ASCII);
        new SecretFile(file)
                .write("-----BEGIN OPENSSH PRIVATE KEY-----\n"
                        + LINES.encodeToString(OpenSSHPrivateKeyUtil.encodePrivateKey(key))
                        + "\n-----END OPENSSH PRIVATE KEY-----\n");
    }
}
