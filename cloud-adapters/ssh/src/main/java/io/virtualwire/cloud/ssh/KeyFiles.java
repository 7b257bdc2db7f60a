package io.virtualwire.cloud.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Private keys in files; one that is absent or needs a passphrase is passed over.
 *
 * @param files as OpenSSH writes them
 */
record KeyFiles(List<Path> files) implements KeyIdentityProvider {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFiles.class);

    @Override
    public Iterable<KeyPair> loadKeys(SessionContext session) {
        List<KeyPair> keys = new ArrayList<>();
        for (Path file : files) {
            if (Files.isReadable(file)) {
                try (InputStream content = Files.newInputStream(file)) {
                    SecurityUtils.loadKeyPairIdentities(
                                    session, NamedResource.ofName(file.toString()), content, FilePasswordProvider.EMPTY)
                            .forEach(keys::add);
                } catch (IOException | GeneralSecurityException | RuntimeException e) {
                    LOG.debug("the key in {} cannot be used", file, e);
                }
            }
        }
        return keys;
    }
}
