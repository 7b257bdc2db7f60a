package io.virtualwire.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Always answers with the one key of its {@link Credentials}, whatever the peer says it would prefer. */
final class OwnKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";
    private static final String KEY_TYPE = "EC";

    private final Credentials credentials;

    OwnKeyManager(Credentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasAmong(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasAmong(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasAmong(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasAmong(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return new X509Certificate[] {credentials.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credentials.key();
    }

    private static String @Nullable [] aliases(String keyType) {
        return keyType.equals(KEY_TYPE) ? new String[] {ALIAS} : null;
    }

    private static @Nullable String aliasAmong(String... keyTypes) {
        for (String keyType : keyTypes) {
            if (keyType.equals(KEY_TYPE)) {
                return ALIAS;
            }
        }
        return null;
    }
}
