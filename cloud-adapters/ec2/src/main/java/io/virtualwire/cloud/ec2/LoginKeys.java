package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.ssh.LoginKey;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.ec2.model.DescribeKeyPairsRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.ImportKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.KeyPairInfo;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** The key by which the person logs in to hosts: its private part stays in a file here, its public part goes to EC2. */
final class LoginKeys {
    private final Ec2Access ec2;
    private final Tags tags;
    private final LoginKey key;

    /** @param folder where one is made if the settings name none */
    LoginKeys(Ec2Access ec2, Tags tags, Ec2Settings settings, Path folder) {
        this.ec2 = ec2;
        this.tags = tags;
        this.key = LoginKey.of(tags.cloud(), settings.sshKey(), folder);
    }

    /** The private key. */
    Path file() {
        return key.file();
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
                .publicKeyMaterial(SdkBytes.fromUtf8String(key.publicLine()))
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
}
