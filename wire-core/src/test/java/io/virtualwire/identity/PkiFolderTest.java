package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PkiFolderTest {
    @TempDir
    Path folder;

    @Test
    void theKeyHasItsPublicHalf() throws Exception {
        Credentials credentials =
                TenantAuthority.create("acme", InstantSource.system()).issue("libvirt-one");
        Path pki = folder.resolve("pki");
        new PkiFolder(pki).write(credentials);
        assertThat(Files.readString(pki.resolve("cacert.pem")))
                .isEqualTo(TenantAuthority.pem(credentials.authorities().getFirst()));
        assertThat(Files.readString(pki.resolve("clientcert.pem")))
                .isEqualTo(TenantAuthority.pem(credentials.certificate()));
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(pki.resolve("clientkey.pem"))))) {
            PEMKeyPair pair = (PEMKeyPair) parser.readObject();
            assertThat(pair.getPublicKeyInfo().getEncoded())
                    .isEqualTo(credentials.certificate().getPublicKey().getEncoded());
            ECPrivateKey key = ECPrivateKey.getInstance(pair.getPrivateKeyInfo().parsePrivateKey());
            assertThat(key.getKey()).isEqualTo(((java.security.interfaces.ECPrivateKey) credentials.key()).getS());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pki.resolve("clientkey.pem"))))
                .isEqualTo("rw-------");
    }
}
